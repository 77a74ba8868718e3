"""Sitemaps are read in every form that the protocol allows; what is dangerous or damaged is refused with a reason."""

import contextlib
import gzip
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.sitemap import read as module
from appliance.sitemap.read import MAX_ADDRESSES, MAX_BYTES, Sitemap, SitemapError, read

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"


def urlset(*addresses: str, inner: str = "") -> bytes:
    urls = "".join(f"<url><loc>{address}</loc>{inner}</url>" for address in addresses)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{NAMESPACE}">{urls}</urlset>'.encode()


def index(*addresses: str) -> bytes:
    files = "".join(f"<sitemap><loc> {address}\n</loc></sitemap>" for address in addresses)
    return f'<sitemapindex xmlns="{NAMESPACE}">{files}</sitemapindex>'.encode()


@pytest.mark.parametrize(
    "content",
    [
        urlset("https://a.example/", "https://a.example/b?x=1&amp;y"),
        b"\xef\xbb\xbf  " + urlset("https://a.example/", "https://a.example/b?x=1&amp;y")[39:],
        gzip.compress(urlset("https://a.example/", "https://a.example/b?x=1&amp;y"), mtime=0),
        urlset("https://a.example/", "https://a.example/b?x=1&amp;y").replace(
            b' xmlns="' + NAMESPACE.encode() + b'"', b""
        ),
        urlset("https://a.example/", "<![CDATA[https://a.example/b?x=1&y]]>"),
        b"https://a.example/\n\nhttps://a.example/b?x=1&y\r\n",
    ],
    ids=["xml", "byte-order-mark", "gzip", "no-namespace", "cdata", "text"],
)
def test_pages_are_read(content: bytes) -> None:
    assert read(content) == Sitemap(["https://a.example/", "https://a.example/b?x=1&y"], [])


def test_other_charsets_are_read() -> None:
    text = urlset("https://a.example/é").decode().replace("UTF-8", "ISO-8859-1")
    assert read(text.encode("latin-1")).pages == ["https://a.example/é"]


def test_an_index_names_files() -> None:
    assert read(index("https://a.example/1.xml", "https://a.example/2.xml.gz")) == Sitemap(
        [], ["https://a.example/1.xml", "https://a.example/2.xml.gz"]
    )


def test_images_and_alternatives_are_no_pages() -> None:
    inner = (
        '<image:image xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        "<image:loc>https://a.example/p.png</image:loc></image:image><lastmod>2026-01-01</lastmod>"
    )
    assert read(urlset("https://a.example/", inner=inner)).pages == ["https://a.example/"]


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (f'<!DOCTYPE urlset [<!ENTITY l0 "lol">{LAUGHS}]>'.encode() + urlset("&l9;")[39:], "document type"),
        (b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + urlset("&x;")[39:], "document type"),
        (b'<!DOCTYPE urlset SYSTEM "https://evil.example/x.dtd">' + urlset("https://a.example/")[39:], "document type"),
        (urlset("https://a.example/")[:-9], "not well-formed"),
        (b"<html><body>not found</body></html>", "no sitemap"),
        (b"<a>" * 100_000, "no sitemap"),
        (b"hello", "neither XML nor"),
        (b"", "neither XML nor"),
        (b"\xff\xfe\x00", "neither XML nor"),
        (gzip.compress(urlset("https://a.example/"), mtime=0)[:-12], "damaged"),
        (b"\x1f\x8b" + b"x" * 100, "damaged"),
        (gzip.compress(b"<" + b" " * (MAX_BYTES + 1), mtime=0), "bytes"),
        (b" " * (MAX_BYTES + 1), "bytes"),
        (urlset(*["https://a.example/"] * (MAX_ADDRESSES + 1)), "more than 50,000"),
        (b"https://a.example/\n" * (MAX_ADDRESSES + 1), "more than 50,000"),
    ],
    ids=[
        *("laughs", "file", "dtd", "cut", "html", "deep", "text", "empty", "binary"),
        *("cut-gzip", "no-gzip", "bomb", "huge", "many", "many-lines"),
    ],
)  # fmt: skip
def test_anything_else_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(SitemapError, match=reason):
        read(content)


def test_the_largest_allowed_sitemap_is_read() -> None:
    assert len(read(urlset(*(f"https://a.example/{n}" for n in range(MAX_ADDRESSES)))).pages) == MAX_ADDRESSES


@given(st.binary(max_size=200), st.integers(0, 1 << 32))
def test_damage_is_refused_or_read_and_never_anything_else(noise: bytes, seed: int) -> None:
    source = random.Random(seed)
    for good in (urlset("https://a.example/", "https://a.example/b"), index("https://a.example/1.xml")):
        cut = source.randrange(len(good))
        for content in (good[:cut] + noise + good[cut:], gzip.compress(good)[:cut] + noise):
            with contextlib.suppress(SitemapError):
                assert isinstance(read(content), Sitemap)


def test_a_bomb_is_not_unpacked_beyond_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    assert len(module._unpacked(gzip.compress(b"x" * 1000))) == 1000
    with pytest.raises(SitemapError, match="1,000 bytes"):
        module._unpacked(gzip.compress(b"x" * 100_000_000))

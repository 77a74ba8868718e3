"""Only the named host is asked, at an address that was checked, and only what it answers itself is taken."""

import os
from pathlib import Path

import httpx
import pytest

from appliance.sitemap import fetch as module
from appliance.sitemap.fetch import Fetcher, is_public, read_file
from appliance.sitemap.read import SitemapError

PUBLIC = "93.184.215.14"


def said(body: bytes) -> httpx.Response:
    """An answer that is read from the wire."""
    return httpx.Response(200, content=iter([body]))


class Web:
    """Answers every request, and remembers it."""

    def __init__(self, answer: httpx.Response | Exception) -> None:
        self.answer = answer
        self.asked: list[httpx.Request] = []

    def fetcher(self, *addresses: str) -> Fetcher:
        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        client = httpx.Client(transport=httpx.MockTransport(answer), follow_redirects=False, trust_env=False)
        return Fetcher(client, lambda _host, _port: list(addresses) or [PUBLIC])


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.3.4", "192.168.1.1", "169.254.169.254"),
        *("100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1"),
        *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1"),
        *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::a00:1", "2002:7f00:1::", "2001:0:1::"),
    ],
)
def test_addresses_inside_networks_are_not_connected_to(address: str) -> None:
    assert not is_public(address)
    web = Web(said(b"secret"))
    for addresses in ((address,), (PUBLIC, address)):
        with pytest.raises(SitemapError, match="inside a network"):
            web.fetcher(*addresses).fetch("https://a.example/sitemap.xml")
    assert web.asked == []


@pytest.mark.parametrize("address", [PUBLIC, "8.8.8.8", "2606:4700:4700::1111"])
def test_the_connection_goes_to_the_checked_address_under_the_name(address: str) -> None:
    web = Web(said(b"<urlset/>"))
    assert web.fetcher(address).fetch("https://a.example:8443/s.xml?x=1#f") == b"<urlset/>"
    (request,) = web.asked
    assert (request.url.host, request.url.port, request.url.raw_path) == (address, 8443, b"/s.xml?x=1")
    assert request.headers["host"] == "a.example:8443"
    assert request.extensions["sni_hostname"] == "a.example"
    assert "cookie" not in request.headers


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (httpx.Response(302, headers={"location": "http://127.0.0.1/"}), "leads elsewhere"),
        (httpx.Response(304), "leads elsewhere"),
        (httpx.Response(404), "answered with 404"),
        (httpx.ConnectTimeout("slow"), "ConnectTimeout"),
        (httpx.RemoteProtocolError("odd"), "RemoteProtocolError"),
    ],
)
def test_anything_but_the_file_is_refused(answer: httpx.Response | Exception, reason: str) -> None:
    web = Web(answer)
    with pytest.raises(SitemapError, match=reason):
        web.fetcher().fetch("https://a.example/sitemap.xml")
    assert len(web.asked) == 1


def test_a_huge_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    with pytest.raises(SitemapError, match="1,000 bytes"):
        Web(said(b"x" * 1001)).fetcher().fetch("https://a.example/s.xml")


def test_a_slow_answer_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WHOLE_SECONDS", -1.0)
    with pytest.raises(SitemapError, match="longer than"):
        Web(said(b"x")).fetcher().fetch("https://a.example/s.xml")


@pytest.mark.parametrize(
    "url",
    [
        "http://a.example/s.xml",
        "file:///etc/passwd",
        "https://user:word@a.example/s.xml",
        "https://",
        "https://a:b/",
        "x",
    ],
)
def test_other_addresses_are_not_fetched(url: str) -> None:
    web = Web(httpx.Response(200))
    with pytest.raises(SitemapError):
        web.fetcher().fetch(url)
    assert web.asked == []


def test_a_host_without_an_address_is_a_reason() -> None:
    def resolver(_host: str, _port: int) -> list[str]:
        raise OSError("no such host")

    with pytest.raises(SitemapError, match="no address"):
        Fetcher(httpx.Client(trust_env=False), resolver).fetch("https://a.example/s.xml")


def test_a_file_is_read_and_anything_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "s.xml").write_bytes(b"<urlset/>")
    assert read_file(tmp_path / "s.xml") == b"<urlset/>"
    os.mkfifo(tmp_path / "pipe")
    for name, reason in (("none", "cannot be read"), ("pipe", "regular"), (".", "regular")):
        with pytest.raises(SitemapError, match=reason):
            read_file(tmp_path / name)
    monkeypatch.setattr(module, "MAX_BYTES", 5)
    with pytest.raises(SitemapError, match="5 bytes"):
        read_file(tmp_path / "s.xml")

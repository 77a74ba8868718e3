"""Listed pages compare equal to counted ones, and a bad sitemap takes nothing away."""

from pathlib import Path
from typing import Any

import pytest

from appliance.anonymize.page import Page, reduce_url, with_www
from appliance.settings import SiteSettings
from appliance.sitemap import pages as module
from appliance.sitemap.fetch import Fetcher
from appliance.sitemap.pages import SitemapPages, collect
from appliance.sitemap.read import SitemapError
from tests.unit.sitemap.test_read import index, urlset

URL = "https://a.example/sitemap.xml"
SITE = SiteSettings(id="a.example", hostnames=("a.example",), sitemap=URL)


class Files(Fetcher):
    """Serves from a table, and remembers what was asked for."""

    def __init__(self, **_: Any) -> None:
        self.content: dict[str, bytes | Exception] = {}
        self.asked: list[str] = []

    def fetch(self, url: str) -> bytes:
        self.asked.append(url)
        found = self.content.get(url, SitemapError("it was answered with 404"))
        if isinstance(found, Exception):
            raise found
        return found


@pytest.fixture
def files() -> Files:
    return Files()


class Kept:
    """Pages on a clock and a directory of their own."""

    def __init__(self, directory: Path, files: Files) -> None:
        self.now = 1_800_000_000.0
        self.directory = directory
        self.files = files
        self.logged: list[tuple[str, dict[str, Any]]] = []
        self.pages = self.restarted()

    def restarted(self, *sites: SiteSettings) -> SitemapPages:
        def log(event: str, level: str = "info", **values: Any) -> None:
            self.logged.append((event, values))

        return SitemapPages(sites or (SITE,), self.directory / "sitemaps", self.files, lambda: self.now, log)


@pytest.fixture
def kept(tmp_path: Path, files: Files) -> Kept:
    return Kept(tmp_path, files)


def test_pages_are_those_that_hits_are_counted_under(files: Files) -> None:
    addresses = [
        "https://a.example",
        "https://www.a.example/b/?utm_source=x#y",
        "https://a.example/caf%C3%A9",
        "https://a.example/order/550e8400-e29b-41d4-a716-446655440000",
        "https://other.example/foreign",
        "/relative",
        "javascript:alert(1)",
    ]
    files.content[URL] = urlset(*addresses)
    counted = [reduce_url(address, with_www(SITE.hostnames)) for address in addresses[:4]]
    assert collect(SITE, files) == {page.path for page in counted if isinstance(page, Page)}
    assert len(collect(SITE, files)) == 4


def test_an_index_is_followed_on_its_own_host_only(files: Files) -> None:
    files.content = {
        URL: index("https://a.example/1.xml", "https://a.example/2.xml"),
        "https://a.example/1.xml": urlset("https://a.example/one"),
        "https://a.example/2.xml": urlset("https://a.example/two"),
    }
    assert collect(SITE, files) == {"/one", "/two"}
    for foreign in ("https://evil.example/3.xml", "http://a.example/3.xml", "https://a.example:8443/3.xml", "3.xml"):
        files.content[URL] = index("https://a.example/1.xml", foreign)
        files.asked.clear()
        with pytest.raises(SitemapError, match="another host"):
            collect(SITE, files)
        assert foreign not in files.asked


def test_an_index_of_indexes_and_a_flood_are_refused(files: Files) -> None:
    files.content[URL] = index(URL)
    with pytest.raises(SitemapError, match="index of indexes"):
        collect(SITE, files)
    files.content[URL] = index(*(f"https://a.example/{n}.xml" for n in range(201)))
    with pytest.raises(SitemapError, match="more than 200"):
        collect(SITE, files)
    files.content[URL] = index("https://a.example/1.xml", "https://a.example/1.xml")
    files.content["https://a.example/1.xml"] = urlset(*["https://a.example/"] * 25_001)
    with pytest.raises(SitemapError, match="more than 50,000"):
        collect(SITE, files)


def test_an_index_in_a_file_fetches_nothing(files: Files, tmp_path: Path) -> None:
    path = tmp_path / "sitemap.xml"
    path.write_bytes(index("https://a.example/1.xml"))
    site = SiteSettings(id="a.example", hostnames=("a.example",), sitemap=str(path))
    with pytest.raises(SitemapError, match="another host"):
        collect(site, files)
    path.write_bytes(urlset("https://a.example/from-a-file"))
    assert collect(site, files) == {"/from-a-file"}
    assert files.asked == []


def test_it_is_read_at_start_and_daily(kept: Kept) -> None:
    kept.files.content[URL] = urlset("https://a.example/one")
    for _ in range(3):
        kept.pages.refresh()
    assert len(kept.files.asked) == 1
    kept.files.content[URL] = urlset("https://a.example/two")
    kept.now += 86_399
    kept.pages.refresh()
    assert kept.pages.of("a.example") == {"/one"}
    kept.now += 2
    kept.pages.refresh()
    assert kept.pages.of("a.example") == {"/two"}
    assert kept.pages.of("b.example") == frozenset()


@pytest.mark.parametrize("bad", [SitemapError("it was answered with 500"), RuntimeError("secret"), b"<!DOCTYPE x>"])
def test_a_bad_sitemap_keeps_the_old_pages_and_is_tried_again_in_an_hour(kept: Kept, bad: bytes | Exception) -> None:
    kept.files.content[URL] = urlset("https://a.example/one")
    kept.pages.refresh()
    kept.files.content[URL] = bad
    kept.now += 90_000
    kept.pages.refresh()
    kept.pages.refresh()
    assert len(kept.files.asked) == 2
    assert kept.pages.of("a.example") == {"/one"}
    event, values = kept.logged[-1]
    assert (event, values["pages_kept"]) == ("sitemap_unusable", 1)
    assert "secret" not in values["reason"]
    kept.now += 3_601
    kept.pages.refresh()
    assert len(kept.files.asked) == 3


def test_pages_survive_a_restart_without_the_sitemap(kept: Kept) -> None:
    kept.files.content[URL] = urlset("https://a.example/one")
    kept.pages.refresh()
    kept.files.content.clear()
    again = kept.restarted()
    again.refresh()
    assert again.of("a.example") == {"/one"}


def test_pages_of_a_site_without_a_sitemap_are_removed(kept: Kept) -> None:
    kept.files.content[URL] = urlset("https://a.example/one")
    kept.pages.refresh()
    kept.restarted(SiteSettings(id="a.example"))
    assert list((kept.directory / "sitemaps").iterdir()) == []


def test_a_damaged_list_is_written_anew(kept: Kept) -> None:
    kept.files.content[URL] = urlset("https://a.example/one")
    kept.pages.refresh()
    (file,) = (kept.directory / "sitemaps").iterdir()
    file.write_bytes(b"{")
    again = kept.restarted()
    assert again.of("a.example") == frozenset()
    again.refresh()
    assert kept.restarted().of("a.example") == {"/one"}


def test_days_wait_for_the_first_attempt_and_not_for_ever(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    assert kept.restarted(SiteSettings(id="b.example")).is_known
    assert not kept.pages.is_known
    kept.pages.refresh()
    assert kept.pages.is_known, "an attempt that failed is one"
    again = kept.restarted()
    assert not again.is_known
    monkeypatch.setattr(module, "_PATIENCE_SECONDS", -1.0)
    assert again.is_known


def test_days_do_not_wait_where_a_list_was_kept(kept: Kept) -> None:
    kept.files.content[URL] = urlset("https://a.example/one")
    kept.pages.refresh()
    assert kept.restarted().is_known


def test_an_index_that_takes_too_long_is_given_up(files: Files, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WHOLE_SECONDS", -1.0)
    files.content[URL] = index("https://a.example/1.xml")
    with pytest.raises(SitemapError, match="longer than"):
        collect(SITE, files)

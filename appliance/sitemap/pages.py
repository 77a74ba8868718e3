"""The listed pages of every site: fetched at start and once a day, kept on disk, and never worse than before.

A sitemap that cannot be used is said in the log; the pages of the last good one stay. Paths are reduced and redacted
exactly as those of hits, so that they compare equal.
"""

import hashlib
import os
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from appliance.anonymize.page import Page, reduce_url, with_www
from appliance.clock import Clock
from appliance.settings import SiteSettings
from appliance.sitemap.fetch import Fetcher, read_file
from appliance.sitemap.read import MAX_ADDRESSES, Sitemap, SitemapError, read

_DAY_SECONDS = 86_400.0
_RETRY_SECONDS = 3_600.0
_MAX_SITEMAPS = 200
_WHOLE_SECONDS = 300.0
"""For all files of a site."""
_PATIENCE_SECONDS = 60.0


class _Kept(msgspec.Struct, frozen=True):
    """File of one site."""

    site: str
    at: float
    pages: list[str]


class SitemapPages:
    """Pages by site. `refresh` belongs to one thread; `of` may be asked from any."""

    def __init__(
        self,
        sites: tuple[SiteSettings, ...],
        directory: Path,
        fetcher: Fetcher,
        clock: Clock,
        log: Callable[..., None],
    ) -> None:
        """Load what was kept; files of sites without a sitemap are removed.

        Args:
            directory: where the lists are kept.
            log: takes an event, a level and values.
        """
        self._sites = tuple(site for site in sites if site.sitemap)
        self._directory = directory
        self._fetcher = fetcher
        self._clock = clock
        self._log = log
        self._due = {site.id: 0.0 for site in self._sites}
        self._pages = self._load()
        self._tried: set[str] = set()
        self._began = time.monotonic()

    @property
    def is_known(self) -> bool:
        """Whether every sitemap was read or tried, now or before the start; after a minute in any case.

        A day that is closed before hides pages for good.
        """
        waits = any(site.id not in self._pages and site.id not in self._tried for site in self._sites)
        return not waits or time.monotonic() - self._began > _PATIENCE_SECONDS

    def of(self, site: str) -> frozenset[str]:
        """Paths that the site lists."""
        return self._pages.get(site, frozenset())

    def refresh(self) -> None:
        """Read every sitemap that is due: at start, a day after it was read, an hour after it could not be."""
        for site in self._sites:
            now = self._clock()
            if 0 <= self._due[site.id] - now <= _DAY_SECONDS and self._due[site.id]:
                continue
            try:
                pages = collect(site, self._fetcher)
                self._pages = {**self._pages, site.id: pages}
            except Exception as error:  # whatever a foreign file brings about, counting goes on
                reason = str(error) if isinstance(error, SitemapError) else type(error).__name__
                self._due[site.id] = now + _RETRY_SECONDS
                kept = len(self.of(site.id))
                self._log("sitemap_unusable", level="warning", site=site.id, reason=reason, pages_kept=kept)
                continue
            finally:
                self._tried.add(site.id)
            self._due[site.id] = now + _DAY_SECONDS
            self._log("sitemap", site=site.id, pages=len(pages))
            self._keep(site.id, now, pages)

    def _load(self) -> dict[str, frozenset[str]]:
        wanted = {_file_name(site.id) for site in self._sites}
        found = {}
        for path in self._directory.glob("*") if self._directory.is_dir() else ():
            if path.name not in wanted:
                path.unlink(missing_ok=True)
                continue
            try:
                kept = msgspec.json.decode(path.read_bytes(), type=_Kept)
            except (OSError, msgspec.DecodeError):
                continue  # it is written anew in a moment
            found[kept.site] = frozenset(kept.pages)
        return found

    def _keep(self, site: str, now: float, pages: frozenset[str]) -> None:
        path = self._directory / _file_name(site)
        fresh = path.with_suffix(".fresh")
        try:
            self._directory.mkdir(mode=0o700, exist_ok=True)
            fresh.write_bytes(msgspec.json.encode(_Kept(site, now, sorted(pages))))
            os.replace(fresh, path)  # noqa: PTH105  at once
        except OSError as error:
            self._log("sitemap_not_kept", level="warning", site=site, reason=error.strerror)


def collect(site: SiteSettings, fetcher: Fetcher) -> frozenset[str]:
    """Paths of all pages that a site's sitemap lists, as they are counted. Pages of other hosts are passed over.

    Raises:
        SitemapError: the sitemap, or one that it names, cannot be used.
    """
    hostnames = with_www(site.hostnames)
    first = _read_first(site.sitemap, fetcher)
    pages = list(first.pages)
    if len(first.sitemaps) > _MAX_SITEMAPS:
        raise SitemapError(f"it names more than {_MAX_SITEMAPS} other sitemaps; declare patterns in 'pages' instead")
    deadline = time.monotonic() + _WHOLE_SECONDS
    for address in first.sitemaps:
        if time.monotonic() > deadline:
            raise SitemapError(f"its files took longer than {_WHOLE_SECONDS:.0f} seconds")
        if not is_same_host(site.sitemap, address):
            raise SitemapError("it names a sitemap on another host, which nobody configured")
        further = read(fetcher.fetch(address))
        if further.sitemaps:
            raise SitemapError("it is an index of indexes")
        pages += further.pages
        if len(pages) > MAX_ADDRESSES:
            raise SitemapError(f"it lists more than {MAX_ADDRESSES:,} addresses; declare patterns in 'pages' instead")
    reduced = (reduce_url(address, hostnames) for address in pages)
    return frozenset(page.path for page in reduced if isinstance(page, Page))


def is_same_host(configured: str, address: str) -> bool:
    """Whether an address is on the host, port and scheme that the operator configured; never for a file."""
    try:
        ours, theirs = urlsplit(configured), urlsplit(address)
        return bool(ours.scheme) and (ours.scheme, ours.hostname, ours.port) == (
            theirs.scheme, theirs.hostname, theirs.port
        )  # fmt: skip
    except ValueError:
        return False


def _read_first(sitemap: str, fetcher: Fetcher) -> Sitemap:
    return read(fetcher.fetch(sitemap) if "://" in sitemap else read_file(Path(sitemap)))


def _file_name(site: str) -> str:
    return hashlib.sha256(site.encode()).hexdigest()[:32] + ".json"

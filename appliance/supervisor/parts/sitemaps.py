"""Keeps the pages of the sites' sitemaps fresh while the warehouse runs. Without a sitemap nothing starts."""

import threading
import time

from appliance.clock import Clock
from appliance.settings import Settings
from appliance.sitemap.fetch import Fetcher, make_client
from appliance.sitemap.pages import SitemapPages
from appliance.supervisor import logs

_LOOK_SECONDS = 30.0


def sitemap_pages(settings: Settings, clock: Clock) -> SitemapPages:
    """The pages as they were last read; nothing is fetched yet."""
    return SitemapPages(settings.sites, settings.data_dir / "sitemaps", Fetcher(make_client()), clock, logs.write)


def read_sitemaps(settings: Settings, pages: SitemapPages) -> None:
    """Read them now and from now on, in a thread that nothing waits for: a slow host must not hold up a stop."""

    def loop() -> None:
        while True:
            pages.refresh()
            time.sleep(_LOOK_SECONDS)

    if any(site.sitemap for site in settings.sites):
        threading.Thread(target=loop, name="sitemaps", daemon=True).start()

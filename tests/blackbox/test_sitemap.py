"""Pages of a sitemap are shown from the first visitor on; a sitemap that cannot be used stops nothing."""

from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

LISTED, INSIDE, BROKEN = "listed.example", "inside.example", "broken.example"
SITEMAP = "<urlset><url><loc>https://listed.example/caf%C3%A9</loc></url></urlset>"


@pytest.fixture
def sites(tmp_path: Path) -> list[Site]:
    (tmp_path / "sitemap.xml").write_text(SITEMAP)
    (tmp_path / "broken.xml").write_text("<!DOCTYPE urlset><urlset/>")
    return [
        Site(LISTED, pages=(), extra='sitemap = "sitemap.xml"'),
        Site(INSIDE, pages=(), extra='sitemap = "https://localhost/sitemap.xml"'),
        Site(BROKEN, pages=(), extra='sitemap = "broken.xml"'),
    ]


def pages(appliance: ApplianceProcess, site: str) -> list[str]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return sorted(row[0] for row in stats.table(site, "all", ["event:page"], ["visitors"]))


def test_listed_pages_are_shown_and_others_wait_for_k(tmp_path: Path, sites: list[Site]) -> None:
    with ApplianceProcess(tmp_path, sites) as appliance:
        await_true(lambda: appliance.log().count('"sitemap_unusable"') == 2, "both bad sitemaps are in the log")
        assert "inside a network" in appliance.log()
        assert "document type declaration" in appliance.log()
        alone = Visitor("87.128.0.1")
        hits = [Hit(site, alone, path=path) for site in (LISTED, INSIDE, BROKEN) for path in ("/caf%C3%A9", "/secret")]
        Sender(appliance.ingest, appliance.clock).send(hits)
        await_equal(lambda: pages(appliance, LISTED), ["/café"])
        await_true(lambda: views(appliance, BROKEN) == 2, "hits of all sites are counted")
        assert pages(appliance, INSIDE) == pages(appliance, BROKEN) == []


def views(appliance: ApplianceProcess, site: str) -> int:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return int(stats.totals(site)["pageviews"])

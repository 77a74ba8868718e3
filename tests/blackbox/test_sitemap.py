"""Pages of a sitemap are shown however few visitors they have; a sitemap that cannot be used stops nothing."""

from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.evidence_file import closed_days
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_true

pytestmark = pytest.mark.blackbox

LISTED, INSIDE, BROKEN = "listed.example", "inside.example", "broken.example"
NOON = 1_930_478_400
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


def test_a_listed_page_of_one_visitor_is_shown_and_stays_when_the_day_is_closed(
    tmp_path: Path, sites: list[Site]
) -> None:
    with ApplianceProcess(tmp_path, sites, at=NOON) as appliance:
        await_true(lambda: appliance.log().count('"sitemap_unusable"') == 2, "both bad sitemaps are in the log")
        assert "inside a network" in appliance.log()
        assert "document type declaration" in appliance.log()
        visitors = [Visitor(f"87.128.0.{number}") for number in range(1, 9)]
        hits = [
            Hit(site, visitor, path="/" if number else "/caf%C3%A9")
            for site in (LISTED, INSIDE, BROKEN)
            for number, visitor in enumerate(visitors)
        ]
        Sender(appliance.ingest, appliance.clock).send(hits)
        await_true(lambda: "/café" in pages(appliance, LISTED), "a listed page is shown")
        await_true(lambda: views(appliance, BROKEN) == 8, "hits of all sites are counted")
        assert "/café" not in pages(appliance, INSIDE) + pages(appliance, BROKEN)

        appliance.clock.advance(1.5 * 86_400)
        await_true(lambda: len(closed_days(appliance.data_dir)) == 3, "the day is closed", 30)
        assert pages(appliance, LISTED) == ["/", "/café"]
        assert "/café" not in pages(appliance, INSIDE) + pages(appliance, BROKEN)


def views(appliance: ApplianceProcess, site: str) -> int:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return int(stats.totals(site)["pageviews"])

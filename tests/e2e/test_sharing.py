"""Shared links in a real Chromium: alone, with a password, and in a frame of another site."""

import time
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, expect
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import Route

from dashboard.filters import Filter
from dashboard.records import Records
from dashboard.sharing.links import Links
from tests.kit.browser import Recorder
from tests.kit.dashboard_page import headline, log_in, table
from tests.kit.dashboard_process import PASSWORD
from tests.kit.fake_stats import FakeStats
from tests.kit.serving import serving

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fake() -> FakeStats:
    return FakeStats(
        totals={"visitors": 1234, "visits": 1500, "pageviews": 4500},
        rows={"event:page": [("/", 9), ("/about", 4)], "visit:source": [("Google", 5), ("Bing", 2)]},
    )


@pytest.fixture(scope="module")
def links(fake: FakeStats, records: Path, site: str) -> Links:
    return Links(Records(records), fake.key, time.time)


def test_a_link_shows_its_report_without_a_login_and_without_a_cookie(
    context: BrowserContext, recorder: Recorder, site: str, links: Links
) -> None:
    page = context.new_page()
    token = links.create("example.org", "Board", "olga")
    page.goto(f"{site}/share/{token}")
    expect(page.locator(".tile .value").first).to_have_text("1,234")
    assert table(page, "Pages") == [["/", "9"], ["/about", "4"]]
    page.get_by_role("table", name="Sources").get_by_role("button", name="Bing", exact=True).click()
    expect(page.locator(".chip")).to_have_text("Source is Bing×")
    assert "/share/" in page.url
    page.reload()
    expect(page.locator(".chip")).to_have_text("Source is Bing×")
    page.get_by_role("link", name="Live").click()
    expect(page.locator(".drawn-now .number")).to_be_visible()
    assert "/share/" in page.url
    expect(page.get_by_role("button", name="Account")).to_have_count(0)
    page.get_by_role("link", name="Report").click()
    with context.expect_page(), page.expect_download() as download:
        page.get_by_role("link", name="Everything as CSV (ZIP)").click()
    assert f"/share/{token}/report.zip?" in download.value.url
    assert context.cookies() == []
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


def test_a_locked_filter_cannot_be_taken_away(context: BrowserContext, site: str, links: Links) -> None:
    token = links.create("example.org", "Board", "olga", (Filter("is", "visit:source", "Google"),))
    page = context.new_page()
    page.goto(f"{site}/share/{token}/?f=is%2Cevent%3Apage%2C%2Fabout")
    expect(page.locator(".chip")).to_have_count(2)
    expect(page.locator(".chip button")).to_have_count(1)


def test_a_page_left_open_ends_with_its_link(context: BrowserContext, site: str, links: Links) -> None:
    page = context.new_page()
    page.goto(f"{site}/share/{links.create('example.org', 'Board', 'olga')}/")
    expect(page.locator(".tile .value").first).to_be_visible()
    links.end(links.all()[0].id)
    expect(page.get_by_text("This link has ended.")).to_be_visible()
    expect(page.locator(".tile .value")).to_have_count(0)


def test_a_password_opens_a_link(context: BrowserContext, site: str, links: Links) -> None:
    page = context.new_page()
    page.goto(f"{site}/share/{links.create('example.org', 'Board', 'olga', password=PASSWORD)}/")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Open").click()
    expect(page.get_by_role("alert")).to_have_text("The password is wrong.")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Open").click()
    expect(page.locator(".tile .value").first).to_have_text("1,234")
    (cookie,) = context.cookies()
    assert cookie["path"].startswith("/share/")


def _framing(address: str) -> Starlette:
    async def show(_request: Request) -> HTMLResponse:
        return HTMLResponse(f'<iframe src="{address}" width="1200" height="1200"></iframe>')

    return Starlette(routes=[Route("/", show)])


@pytest.mark.parametrize(
    ("kind", "host", "shown"),
    [("embed", "localhost", True), ("embed", "127.0.0.1", False), ("share", "localhost", False)],
)
def test_a_configured_origin_shows_a_link_in_a_frame_and_nobody_else_does(
    context: BrowserContext, site: str, links: Links, kind: str, host: str, *, shown: bool
) -> None:
    token = links.create("example.org", "Board", "olga")
    with serving(_framing(f"{site}/{kind}/{token}/")) as outer:
        page = context.new_page()
        page.goto(outer.replace("127.0.0.1", host))
        frame = page.frame_locator("iframe")
        if shown:
            expect(frame.locator(".tile .value").first).to_have_text("1,234")
            expect(frame.get_by_role("navigation")).to_have_count(0)
        else:
            page.wait_for_load_state("networkidle")
            assert [one.url for one in page.frames[1:] if one.url.startswith(site)] == []
    assert context.cookies() == []


def test_an_owner_makes_a_link_from_the_report(context: BrowserContext, site: str, links: Links) -> None:
    page = log_in(context, site, "olga", PASSWORD)
    page.get_by_role("table", name="Sources").get_by_role("button", name="Bing", exact=True).click()
    expect(page.locator(".chip")).to_be_visible()
    page.get_by_role("link", name="Shared links").click()
    page.get_by_label("Name").fill("<img src=x onerror=alert(1)>")
    page.get_by_text("Only what the report is filtered to").click()
    page.get_by_role("button", name="Make link").click()
    address = page.locator("code").first.inner_text()
    expect(page.get_by_role("table", name="Shared links")).to_contain_text("<img src=x onerror=alert(1)>")
    reader = context.browser.new_context() if context.browser else context
    shared = reader.new_page()
    shared.goto(address)
    expect(shared.locator(".chip")).to_have_text("Source is Bing")
    assert headline(shared, "Visitors") == "1,234"
    page.get_by_role("button", name="End: <img src=x onerror=alert(1)>").click()
    page.get_by_role("dialog").get_by_role("button", name="End").click()
    expect(shared.get_by_text("This link has ended.")).to_be_visible()
    reader.close()


def test_ending_another_login_ends_its_open_page(context: BrowserContext, browser: Browser, site: str) -> None:
    elsewhere = browser.new_context()
    left_open = log_in(elsewhere, site, "anna", PASSWORD)
    expect(left_open.locator(".tile .value").first).to_be_visible()
    page = log_in(context, site, "olga", PASSWORD)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("link", name="Logins").click()
    page.get_by_role("button", name="End: anna").click()
    page.get_by_role("dialog").get_by_role("button", name="End").click()
    expect(left_open.get_by_text("Your login has ended.")).to_be_visible()
    elsewhere.close()

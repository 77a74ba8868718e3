"""The dashboard in a real Chromium, behind a host name, with every other host out of reach."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.kit.browser import Recorder
from tests.kit.dashboard_page import headline, log_in, table
from tests.kit.dashboard_process import PASSWORD
from tests.kit.fake_stats import FakeStats
from tests.kit.slow_line import SlowLine

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def fake() -> FakeStats:
    return FakeStats()


@pytest.fixture(autouse=True)
def _numbers(fake: FakeStats) -> None:
    fake.status = 200
    fake.totals = {
        "visitors": 1234,
        "visits": 1500,
        "pageviews": 4500,
        "views_per_visit": 3.0,
        "bounce_rate": 41,
        "visit_duration": 125,
    }
    fake.rows = {
        "time:hour": [(f"{datetime.now(UTC):%Y-%m-%d} 00:00:00", 4)],
        "event:page": [("/", 9), ("/about", 4)],
        "visit:source": [("Direct / None", 5), ("news.example", 2)],
        "visit:country": [("DE", 6)],
        "visit:browser": [("Firefox", 3)],
    }
    fake.current = 3
    fake.seconds = {}


def _log_in(context: BrowserContext, address: str, page: Page | None = None) -> Page:
    return log_in(context, address, "anna", PASSWORD, page)


def test_everything_loads_and_no_other_host_is_asked(context: BrowserContext, recorder: Recorder, site: str) -> None:
    page = _log_in(context, site)
    expect(page.get_by_text("3 current visitors")).to_be_visible()
    expect(page).to_have_title("example.org · Web analytics")
    assert headline(page, "Visitors") == "1,234"
    assert headline(page, "Visit duration") == "2m 05s"
    assert table(page, "Pages") == [["/", "9"], ["/about", "4"]]
    assert table(page, "Countries") == [["Germany", "6"]]
    expect(page.get_by_role("img", name="Visitors over time")).to_be_visible()
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert [cookie["name"] for cookie in context.cookies()] == ["appliance-session"]
    # The policy allows all that the page does.
    assert recorder.complaints == []


def test_numbers_move_by_themselves(context: BrowserContext, site: str, fake: FakeStats) -> None:
    page = _log_in(context, site)
    expect(page.locator(".tile .value").first).to_have_text("1,234")
    fake.totals["visitors"] = 1235
    fake.current = 4
    expect(page.locator(".tile .value").first).to_have_text("1,235", timeout=15_000)
    expect(page.get_by_text("4 current visitors")).to_be_visible(timeout=15_000)


def test_a_line_through_the_chart_follows_the_pointer_and_is_not_there_without(
    context: BrowserContext, site: str, fake: FakeStats
) -> None:
    page = _log_in(context, site)
    page.get_by_role("img", name="Visitors over time").hover()
    expect(page.locator(".cursor")).to_have_css("visibility", "visible")
    # Drawn anew below a pointer that stands still, it knows no place.
    fake.rows["time:hour"] = [(f"{datetime.now(UTC):%Y-%m-%d} 00:00:00", 5)]
    expect(page.locator(".cursor")).to_have_css("visibility", "hidden", timeout=15_000)
    page.get_by_role("img", name="Visitors over time").hover(position={"x": 200, "y": 100})
    expect(page.locator(".cursor")).to_have_css("visibility", "visible")
    page.mouse.move(1, 1)
    expect(page.locator(".cursor")).to_have_css("visibility", "hidden")


def test_the_page_comes_back_when_the_numbers_do(context: BrowserContext, site: str, fake: FakeStats) -> None:
    fake.status = 503
    page = _log_in(context, site)
    expect(page.get_by_text("The numbers cannot be read just now.")).to_be_visible()
    fake.status = 200
    expect(page.locator(".tile .value").first).to_have_text("1,234", timeout=15_000)


def test_the_view_stands_in_the_address(context: BrowserContext, site: str) -> None:
    page = _log_in(context, f"{site}/?period=Last+7+days")
    expect(page.get_by_text("Visitors (daily, summed)", exact=True)).to_be_visible()
    page.get_by_label("Period", exact=True).click()
    page.get_by_role("option", name="All time").click()
    page.wait_for_url("**period=All+time**")
    page.reload()
    expect(page.get_by_label("Period", exact=True)).to_have_value("All time")


def test_a_click_filters_and_the_filter_can_be_removed(context: BrowserContext, site: str, fake: FakeStats) -> None:
    page = _log_in(context, site)
    page.get_by_role("table", name="Sources").get_by_role("button", name="news.example", exact=True).click()
    expect(page.locator(".chip")).to_have_text("Source is news.example×")
    page.wait_for_url("**f=is%2Cvisit%3Asource%2Cnews.example")
    expect(page.get_by_role("img", name="Visitors over time, 1 days")).to_be_visible()
    assert fake.questions[-1].filters == [["is", "visit:source", ["news.example"]]]
    page.reload()
    expect(page.locator(".chip")).to_have_text("Source is news.example×")
    page.get_by_role("button", name="Remove the filter Source is news.example").click()
    expect(page.locator(".chip")).to_have_count(0)
    page.get_by_role("button", name="Without /about").click()
    expect(page.locator(".chip")).to_have_text("Page is not /about×")


def _await(page: Page, condition: Callable[[], bool]) -> None:
    """Wait for something that happens outside the page, while its events go on."""
    deadline = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def test_a_card_that_comes_into_sight_takes_no_filter_back_that_is_on_its_way(
    context: BrowserContext, site: str, fake: FakeStats
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 500})
    line = SlowLine(page)
    _log_in(context, f"{site}/?period=Last+7+days", page)
    expect(page.get_by_role("table", name="Sources")).to_be_visible()
    page.wait_for_load_state("networkidle")
    line.hold()
    page.get_by_role("table", name="Sources").get_by_role("button", name="news.example", exact=True).click()
    page.locator("h2", has_text="Devices").scroll_into_view_if_needed()
    _await(page, lambda: [["is", "visit:source", ["news.example"]]] in [one.filters for one in fake.questions])
    line.release()
    expect(page.get_by_role("table", name="Browsers")).to_be_visible()
    expect(page.locator(".chip")).to_have_text("Source is news.example×")
    page.wait_for_url("**f=is%2Cvisit%3Asource%2Cnews.example")
    assert len(line.sent) > 1
    assert [message for message in line.sent[1:] if b"f=is" not in message] == []


def test_a_click_on_a_list_that_the_server_has_drawn_anew_already_is_not_lost(
    context: BrowserContext, site: str, fake: FakeStats
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 700})
    line = SlowLine(page)
    _log_in(context, f"{site}/?period=Last+7+days&f=is,visit:source,news.example", page)
    expect(page.locator(".chip")).to_have_count(1)
    page.wait_for_load_state("networkidle")
    line.hold()
    fake.questions.clear()
    page.get_by_role("button", name="Remove the filter").click()
    _await(page, lambda: ["event:page"] in [one.dimensions for one in fake.questions])
    page.get_by_role("table", name="Pages", exact=True).get_by_role("button", name="/about", exact=True).click()
    _await(page, lambda: len(line.sent) > 1)
    line.release()
    expect(page.locator(".chip")).to_have_text("Page is /about×")
    page.wait_for_url("**f=is%2Cevent%3Apage%2C%2Fabout")


# Clicks a tab of a card that waits for its turn, while the server is busy with one that had it.
_CLICK_SOON = """
    const looking = new MutationObserver(() => {
        const tab = [...document.querySelectorAll('.tabs button')].find((one) => one.textContent === 'Went to');
        if (!tab) return;
        looking.disconnect();
        setTimeout(() => tab.click(), 80);
    });
    looking.observe(document, { childList: true, subtree: true });
"""


def test_a_tab_that_is_clicked_before_its_card_is_there_opens(
    context: BrowserContext, site: str, fake: FakeStats
) -> None:
    fake.seconds["visit:country"] = 1.5
    page = context.new_page()
    page.add_init_script(_CLICK_SOON)
    _log_in(context, f"{site}/?period=Last+7+days", page)
    expect(page.get_by_text("Filter the report by a page to see this")).to_be_visible()
    expect(page.locator(".waiting")).to_have_count(0)


def test_cards_below_the_fold_wait_again_when_the_view_changes(
    context: BrowserContext, site: str, fake: FakeStats
) -> None:
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 500})
    _log_in(context, site, page)
    page.locator("h2", has_text="Devices").scroll_into_view_if_needed()
    browsers = page.get_by_role("table", name="Browsers")
    expect(browsers).to_be_visible()
    page.evaluate("scrollTo(0, 0)")
    fake.questions.clear()
    page.get_by_role("table", name="Sources").get_by_role("button", name="news.example", exact=True).click()
    expect(page.locator(".chip")).to_be_visible()
    expect(page.locator(".drawn-panel.old", has=browsers)).to_have_count(1)
    assert ["visit:browser"] not in [question.dimensions for question in fake.questions]
    browsers.scroll_into_view_if_needed()
    expect(page.locator(".drawn-panel.old", has=browsers)).to_have_count(0)
    assert fake.questions[-1].filters == [["is", "visit:source", ["news.example"]]]


def test_cards_are_asked_for_when_they_come_into_sight(context: BrowserContext, site: str, fake: FakeStats) -> None:
    fake.questions.clear()
    page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 500})
    _log_in(context, site, page)
    expect(page.get_by_role("table", name="Sources")).to_be_visible()
    assert ["visit:browser"] not in [question.dimensions for question in fake.questions]
    page.locator("h2", has_text="Devices").scroll_into_view_if_needed()
    expect(page.get_by_role("table", name="Browsers")).to_be_visible()


def test_a_long_list_can_be_searched_and_saved(context: BrowserContext, site: str, fake: FakeStats) -> None:
    fake.rows["event:page"] = [("=cmd()", 999), *((f"/page/{number}", 900 - number) for number in range(300))]
    page = _log_in(context, site)
    page.get_by_role("button", name="All 301").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").fill("page/29")
    expect(dialog.locator("tbody tr")).to_have_count(11)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="CSV").click()
    lines = download.value.path().read_text().splitlines()
    assert lines[1].startswith("'=cmd(),999")
    assert len(lines) == 302


def test_a_wrong_password_stays_outside(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site)
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("alert")).to_have_text("The name or the password is wrong.")
    page.goto(site)
    expect(page).to_have_url(f"{site}/login")


def test_logging_out_also_ends_pages_that_are_still_open(context: BrowserContext, site: str) -> None:
    left_open = _log_in(context, site)
    expect(left_open.locator(".tile .value").first).to_be_visible()
    page = context.new_page()
    page.goto(site)
    page.get_by_role("button", name="Account").click()
    page.get_by_role("button", name="Log out").click()
    page.wait_for_url("**/login")
    expect(left_open.get_by_text("Your login has ended.")).to_be_visible(timeout=15_000)
    expect(left_open.locator(".tile .value")).to_have_count(0)


def test_the_keyboard_is_enough(context: BrowserContext, site: str) -> None:
    page = context.new_page()
    page.goto(site)
    expect(page.get_by_label("Name")).to_be_focused()
    page.keyboard.type("anna")
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".tile .value").first).to_be_visible()
    period = page.get_by_label("Period", exact=True)
    period.focus()
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", name="Last 7 days")).to_be_visible()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(period).to_have_value("Last 7 days")


def test_the_home_directory_stays_empty(context: BrowserContext, site: str, home: Path) -> None:
    page = _log_in(context, site)
    expect(page.locator(".tile .value").first).to_be_visible()
    assert list(home.iterdir()) == []

"""Every page for people who use a keyboard, a finger, a screen reader or need contrast, in a real Chromium."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from appliance.stats.contract import DamagedDay
from dashboard.records import Records
from dashboard.sharing.links import Links
from tests.kit.axe import grave_problems
from tests.kit.dashboard_page import log_in
from tests.kit.dashboard_process import PASSWORD
from tests.kit.fake_stats import FakeStats
from tests.kit.privacy_facts import privacy_facts
from tests.kit.quality_facts import COUNTED, quality_facts, setup_facts

pytestmark = pytest.mark.browser

PAGES = {
    "report": "",
    "report with filter and comparison": "?period=Last+7+days&compare=Previous+period&f=is,visit:source,Google",
    "own range": "?period=Custom+range",
    "live": "live",
    "quality": "quality",
    "setup": "setup",
    "privacy": "privacy",
    "links": "links",
    "account": "account",
    "print": "print",
}


@pytest.fixture(scope="module")
def fake() -> FakeStats:
    today = datetime.now(UTC).date()
    return FakeStats(
        rows={
            "event:page": [("/", 9), *((f"/page/{number}", 5) for number in range(20))],
            "visit:source": [("Google", 5), ("(other)", 3)],
            "visit:country": [("DE", 6), ("FR", 2)],
            "time:day": [(f"{today}", 4)],
            "time:hour": [(f"{today} 00:00:00", 4)],
        },
        totals={"visitors": 9, "visits": 9, "pageviews": 20, "bounce_rate": 41, "visit_duration": 125},
        before={"visitors": 4},
        current=3,
        privacy=privacy_facts(time.time(), text="x"),
        quality=quality_facts(today),
        setup=setup_facts(),
        trial_verdict=COUNTED,
    )


@pytest.fixture(scope="module")
def window(browser: Browser, site: str) -> Iterator[Page]:
    """An owner's, logged in once for all pages."""
    context = browser.new_context(viewport={"width": 1280, "height": 2600})
    yield log_in(context, site, "olga", PASSWORD)
    context.close()


@pytest.fixture
def page(context: BrowserContext, site: str) -> Page:
    opened = log_in(context, site, "anna", PASSWORD)
    expect(opened.get_by_role("table", name="Pages", exact=True)).to_be_visible()
    return opened


def _looks_right_everywhere(page: Page) -> list[str]:
    """Problems wide and narrow, light and dark. Only contrast depends on the colours."""
    found = []
    for scheme, rules in (("light", []), ("dark", ["color-contrast"])):
        page.emulate_media(color_scheme=scheme)
        for width in (1280, 390):
            page.set_viewport_size({"width": width, "height": 2600})
            # What is drawn by width is drawn anew in the next frames.
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            found += [f"{scheme}, {width} wide: {one}" for one in grave_problems(page, rules)]
    page.emulate_media(color_scheme="light")
    return found


@pytest.mark.parametrize("name", PAGES)
def test_no_page_has_a_serious_problem(window: Page, site: str, name: str) -> None:
    window.set_viewport_size({"width": 1280, "height": 2600})
    window.goto(f"{site}/{PAGES[name]}")
    expect(window.locator(".drawn-table, .drawn-panel table, .printed table").first).to_be_visible()
    assert _looks_right_everywhere(window) == []


def test_what_opens_has_no_serious_problem(window: Page, site: str) -> None:
    window.set_viewport_size({"width": 1280, "height": 2600})
    window.goto(f"{site}/?period=Last+7+days&f=is,visit:source,Google&f=is,event:page,/")
    expect(window.locator(".why").first).to_be_visible()
    window.locator("summary").first.click()
    window.get_by_role("button", name="All 21").click()
    window.get_by_role("dialog").get_by_role("button", name="Page", exact=True).click()
    expect(window.get_by_role("tooltip")).to_be_visible()
    assert _looks_right_everywhere(window) == []


def test_marks_of_damaged_days_and_late_numbers_have_no_serious_problem(
    window: Page, site: str, fake: FakeStats
) -> None:
    day = (fake.today - timedelta(days=2)).isoformat()
    fake.damaged_days = [DamagedDay(day, f"Redis lost its data on {day}: numbers of that day are too low")]
    as_of, fake.data_as_of = fake.data_as_of, (datetime.now(UTC) - timedelta(minutes=20)).isoformat()
    window.set_viewport_size({"width": 1280, "height": 2600})
    window.goto(f"{site}/?period=Last+7+days")
    expect(window.locator(".drawn-headline .alarm")).to_have_count(2)
    expect(window.locator(".damaged")).to_have_count(1)
    found = _looks_right_everywhere(window)
    fake.damaged_days, fake.data_as_of = None, as_of
    assert found == []


def test_nothing_to_show_has_no_serious_problem(window: Page, site: str, fake: FakeStats) -> None:
    totals, fake.totals, fake.warnings = fake.totals, {}, ["Something is wrong."]
    window.set_viewport_size({"width": 1280, "height": 2600})
    window.goto(site)
    expect(window.get_by_text("No visits yet")).to_be_visible()
    found = _looks_right_everywhere(window)
    fake.totals, fake.warnings = totals, None
    assert found == []


def test_doors_have_no_serious_problem(browser: Browser, site: str, fake: FakeStats, records: Path) -> None:
    page = browser.new_context().new_page()
    page.goto(f"{site}/login")
    assert _looks_right_everywhere(page) == []
    links = Links(Records(records), fake.key, time.time)
    page.goto(f"{site}/share/{links.create('example.org', 'Board', 'olga', password=PASSWORD)}/")
    expect(page.get_by_label("Password")).to_be_visible()
    assert _looks_right_everywhere(page) == []
    for kind in ("share", "embed"):
        page.goto(f"{site}/{kind}/{links.create('example.org', 'Board', 'olga')}/")
        expect(page.locator(".drawn-panel table").first).to_be_visible()
        assert _looks_right_everywhere(page) == []
    page.context.close()


def test_a_definition_comes_by_pointer_and_goes_with_it(page: Page) -> None:
    page.get_by_role("table", name="Pages", exact=True).get_by_role("button", name="Pageviews").hover()
    tip = page.get_by_role("tooltip")
    expect(tip).to_have_text("Pages looked at.")
    tip.hover()  # it can be read with a magnifier
    page.wait_for_timeout(400)
    expect(tip).to_be_visible()
    page.mouse.move(5, 5)
    expect(tip).to_be_hidden()


def test_a_definition_comes_by_keyboard_and_escape_closes_it(page: Page) -> None:
    _tab_to(page, "Visitors")
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Different visitors of a day.")
    page.keyboard.press("Escape")
    expect(tip).to_be_hidden()
    assert page.evaluate("document.activeElement.getAttribute('aria-description')").startswith("Different visitors")


def test_a_definition_comes_by_a_tap(browser: Browser, site: str) -> None:
    context = browser.new_context(has_touch=True, viewport={"width": 390, "height": 900})
    page = log_in(context, site, "anna", PASSWORD)
    page.get_by_role("button", name="Bounce rate", exact=True).tap()
    tip = page.get_by_role("tooltip")
    expect(tip).to_contain_text("Ended visits with exactly one pageview")
    box = tip.bounding_box()
    assert box is not None
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 390
    page.touchscreen.tap(5, 5)
    expect(tip).to_be_hidden()
    context.close()


def _focused(page: Page) -> str:
    """Name of what has the focus."""
    name: str = page.evaluate(
        "(one => one.getAttribute('aria-label') ?? one.innerText.trim().replace(/\\s+/g, ' '))(document.activeElement)"
    )
    return name


def _tab_to(page: Page, name: str, most: int = 150) -> None:
    for _ in range(most):
        page.keyboard.press("Tab")
        if _focused(page) == name:
            return
    raise AssertionError(f"{name!r} is not reached with {most} tabs")


def test_the_whole_report_is_operated_by_keyboard(page: Page) -> None:
    _tab_to(page, "Google")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_text("Source is Google×")
    _tab_to(page, "Remove the filter Source is Google")
    page.keyboard.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)
    _tab_to(page, "Pageviews over time: 20")
    page.keyboard.press("Space")
    expect(page.get_by_role("heading", name="Pageviews by hour")).to_be_visible()
    _tab_to(page, "Show as table")
    page.keyboard.press("Enter")
    expect(page.locator(".as-table table")).to_be_visible()
    _tab_to(page, "Entry pages")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Entry pages", exact=True)).to_have_attribute("aria-pressed", "true")
    _tab_to(page, "Pages")
    page.keyboard.press("Enter")
    _tab_to(page, "All 21")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    _tab_to(page, "Search Pages")
    page.keyboard.type("page/19")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    page.keyboard.press("Escape")  # empties the search
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    assert _focused(page) == "All 21"


def test_every_stop_of_the_keyboard_can_be_seen(page: Page) -> None:
    unseen, stops = [], set()
    for _ in range(120):
        page.keyboard.press("Tab")
        name = _focused(page)
        stops.add(name)
        if not page.evaluate(
            """() => {
                const own = document.activeElement;
                if (!own.closest('.drawn')) return true;
                const style = getComputedStyle(own);
                return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2
                    && style.opacity === '1' && own.getBoundingClientRect().width > 0;
            }"""
        ):
            unseen.append(name)
    assert {"Google", "Visitors", "Without Google", "All 21", "Days"} <= stops
    assert unseen == []


@pytest.mark.parametrize("path", ["", "live", "quality"])
def test_every_chart_has_a_table_beside_it(window: Page, site: str, path: str) -> None:
    window.set_viewport_size({"width": 1280, "height": 2600})
    window.goto(f"{site}/{path}")
    boxes = window.locator(".drawn", has=window.locator("svg[role=img]"))
    expect(boxes.first).to_be_visible()
    for box in boxes.all():
        assert box.locator("svg[role=img]").get_attribute("aria-label")
        assert box.locator("table tbody tr").count() > 0

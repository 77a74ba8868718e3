"""Lists of the report in a real Chromium: funnels, ways, properties, revenue and targets of links."""

import zipfile

import pytest
from playwright.sync_api import BrowserContext, expect

from appliance.stats.contract import Funnel, FunnelStep, Site, Transition
from tests.kit.browser import Recorder
from tests.kit.dashboard_page import log_in, table
from tests.kit.dashboard_process import PASSWORD
from tests.kit.fake_stats import FakeStats

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>"
FAR = "https://elsewhere.example/"
GOALS = ["Order", "Newsletter: address confirmed", "A" * 60]


@pytest.fixture(scope="module")
def fake() -> FakeStats:
    return FakeStats(
        sites=[Site("example.org", "UTC", ("plan", HOSTILE), ("Order", HOSTILE))],
        totals={"visitors": 120, "visits": 150, "pageviews": 450},
        rows={
            "event:page": [("/", 90), ("/about", 40)],
            "visit:source": [("Google", 50), ("Bing", 20)],
            "event:props:plan": [("office", 8), (HOSTILE, 5)],
            "event:props:missing_page": [("/gone", 7)],
            "event:props:outbound_link": [(FAR, 9)],
            "event:goal": [(name, 9) for name in GOALS],
            "event:currency": [("EUR", 12)],
            "visit:country": [("DE", 60), ("PL", 15), ("(not set)", 5)],
        },
        funnels=[
            Funnel(HOSTILE, []),
            Funnel(
                "Order", [FunnelStep("Visit /", 40, False, 100.0, 0, 0.0), FunnelStep("Buy", 10, True, 25.0, 30, 75.0)]
            ),
        ],
        transitions=[Transition("/", "/about", 30, 33, 35), Transition("/about", HOSTILE, 10, 10, 10)],
    )


def test_funnels_ways_properties_and_targets_are_listed(context: BrowserContext, recorder: Recorder, site: str) -> None:
    page = log_in(context, site, "anna", PASSWORD)
    assert table(page, "All ways") == [["/ → /about", "33"], [f"/about → {HOSTILE}", "10"]]
    assert table(page, "Outbound links") == [[FAR, "9"]]
    page.get_by_role("button", name="Missing pages", exact=True).click()
    assert table(page, "Missing pages") == [["/gone", "7"]]
    with page.expect_download() as download:
        page.get_by_role("button", name="Missing pages as CSV").click()
    assert download.value.path().read_text().splitlines() == ["Path,Visitors,Events", "/gone,7,7"]
    page.locator("h2", has_text="Properties").scroll_into_view_if_needed()
    assert table(page, "plan") == [["office", "8"], [HOSTILE, "5"]]
    assert table(page, "Order") == [["1. Visit /", "40"], ["2. Buy", "≥ 10"]]
    page.get_by_role("button", name="Revenue", exact=True).click()
    page.get_by_role("table", name="Revenue").get_by_role("button", name="EUR", exact=True).click()
    expect(page.locator(".chip")).to_have_text("Currency is EUR×")
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


_CUT = "all => all.filter(one => one.scrollWidth > one.clientWidth || one.scrollHeight > one.clientHeight + 1)"


def test_names_can_be_read_whole_on_a_phone(context: BrowserContext, site: str, fake: FakeStats) -> None:
    page = log_in(context, site, "anna", PASSWORD)
    page.set_viewport_size({"width": 390, "height": 6000})
    for name, listed in (("Goals", GOALS), ("Order", ["1. Visit /", "2. Buy"]), ("Outbound links", [FAR])):
        names = page.get_by_role("table", name=name, exact=True).locator("tbody .name")
        expect(names).to_have_text(listed)
    names = page.locator(".drawn-panel tbody .name")
    assert names.count() > 10
    assert names.evaluate_all(f"all => ({_CUT})(all).map(one => one.textContent)") == []
    goals = page.get_by_role("table", name="Goals", exact=True)
    # A table to those who do not see it, too.
    expect(goals.get_by_role("columnheader")).to_have_text(["Goal", "Visitors", "Conversions", "Rate"])
    expect(goals.get_by_role("row").nth(1).get_by_role("cell")).to_have_count(4)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".drawn-panel", has=page.get_by_role("table", name="Pages", exact=True)).get_by_text("Details").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("columnheader")).to_have_count(7)
    assert dialog.locator("th, td, .name").evaluate_all(f"all => ({_CUT})(all).map(one => one.textContent)") == []
    dialog.get_by_role("button", name="Close").click()
    page.set_viewport_size({"width": 1280, "height": 6000})
    first = goals.locator("tbody tr").first.locator("td")
    assert first.nth(0).bounding_box()["y"] == first.nth(1).bounding_box()["y"]  # type: ignore[index]


def test_a_lone_funnel_says_its_name(context: BrowserContext, site: str, fake: FakeStats) -> None:
    before = fake.sites
    fake.sites = [Site("example.org", "UTC", (), ("Order",))]
    page = log_in(context, site, "anna", PASSWORD)
    expect(page.locator(".st-key-panel-funnels")).to_contain_text("Order")
    fake.sites = before


def test_a_page_is_looked_at_from_both_sides(context: BrowserContext, site: str) -> None:
    page = log_in(context, site, "anna", PASSWORD)
    page.get_by_role("button", name="Went to", exact=True).click()
    expect(page.get_by_text("Filter the report by a page to see this: click one under Pages.")).to_be_visible()
    page.get_by_role("table", name="Pages").get_by_role("button", name="/about", exact=True).click()
    expect(page.locator(".chip")).to_be_visible()
    assert table(page, "Went to") == [[HOSTILE, "10"]]
    page.get_by_role("button", name="Came from", exact=True).click()
    assert table(page, "Came from") == [["/", "33"]]


def test_what_cannot_be_joined_says_why_and_offers_what_can_be_shown(context: BrowserContext, site: str) -> None:
    page = log_in(context, f"{site}/?f=is,visit:source,Google", "anna", PASSWORD)
    funnels = page.locator(".st-key-panel-funnels")
    expect(funnels.get_by_text("A funnel is counted for the whole site, step by step.")).to_be_visible()
    funnels.get_by_role("button", name="Show without source Google").click()
    assert table(page, "Order")[0] == ["1. Visit /", "40"]
    expect(page.locator(".chip")).to_have_count(0)


def test_the_map_is_drawn_without_any_other_host_and_a_click_filters(
    context: BrowserContext, recorder: Recorder, site: str
) -> None:
    page = log_in(context, site, "anna", PASSWORD)
    drawing = page.get_by_role("img", name="Map of the world: visitors by country.")
    expect(drawing).to_be_visible()
    expect(drawing.locator(".known")).to_have_count(2)
    expect(drawing.locator("[data-code=DE] title")).to_have_text("Germany: 60")
    darkness = "node => Number(getComputedStyle(node).fillOpacity)"
    germany, poland = (drawing.locator(f"[data-code={code}]").evaluate(darkness) for code in ("DE", "PL"))
    assert germany > poland
    drawing.locator("[data-code=PL]").click()
    expect(page.locator(".chip")).to_have_text("Country is Poland×")
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


def test_everything_is_saved_as_one_file(context: BrowserContext, site: str) -> None:
    page = log_in(context, f"{site}/?period=Last+7+days&f=is,visit:source,Google", "anna", PASSWORD)
    with context.expect_page(), page.expect_download() as download:
        page.get_by_role("link", name="Everything as CSV (ZIP)").click()
    assert download.value.suggested_filename == "example.org-report.zip"
    with zipfile.ZipFile(download.value.path()) as zipped:
        assert zipped.read("pages.csv").decode().splitlines()[1].startswith("/,90,90")
        assert "is: source = Google" in zipped.read("README.txt").decode()
        assert "funnels.csv" not in zipped.namelist()


def test_the_report_is_printed_whole_and_without_controls(
    context: BrowserContext, recorder: Recorder, site: str
) -> None:
    page = log_in(context, f"{site}/?period=Last+7+days&compare=Previous+period", "anna", PASSWORD)
    with context.expect_page() as opened:
        page.get_by_role("link", name="Print", exact=True).click()
    sheet = opened.value
    expect(sheet.get_by_role("heading", name="What the numbers mean")).to_be_visible()
    for name in ("Sources", "Pages", "Countries", "Missing pages", "plan", "Order", "All ways"):
        expect(sheet.get_by_role("table", name=name, exact=True)).to_be_visible()
    expect(sheet.get_by_text("Without an entry: ")).to_contain_text("Devices: Browsers")
    sheet.emulate_media(media="print")
    controls = sheet.locator("button:visible, select:visible, input:visible")
    assert controls.evaluate_all("all => all.map(one => one.outerHTML)") == []
    document = sheet.pdf(format="A4")
    assert document.count(b"/Type /Page\n") > 1
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


def test_a_search_finds_what_is_beyond_the_rows_of_a_list(context: BrowserContext, site: str, fake: FakeStats) -> None:
    page = log_in(context, f"{site}/?period=Last+28+days", "anna", PASSWORD)
    before = fake.rows["event:page"]
    fake.rows["event:page"] = [*((f"/page/{number}", 5000 - number) for number in range(700)), ("/Rare", 1)]
    page.reload()
    page.get_by_role("button", name="All 701").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("searchbox").press_sequentially("rar")
    expect(dialog.locator("tbody tr")).to_have_count(1)
    expect(dialog.locator("tbody tr")).to_contain_text("/Rare")
    expect(dialog.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("e")
    expect(dialog.get_by_role("searchbox")).to_have_value("rare")
    expect(dialog.locator("tbody tr")).to_contain_text("/Rare")
    asked = ["contains", "event:page", ["rare"], {"case_sensitive": False}]
    assert any(question.filters == [asked] for question in fake.questions)
    dialog.get_by_role("button", name="Close").click()
    assert len(table(page, "Pages")) == 9
    fake.rows["event:page"] = before

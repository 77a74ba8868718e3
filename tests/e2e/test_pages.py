"""Live, data quality, set-up and privacy in a real Chromium: they refresh in place, and hostile text is text."""

import time
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, expect

from appliance.stats.contract import Site
from tests.kit.browser import Recorder
from tests.kit.dashboard_page import log_in
from tests.kit.dashboard_process import PASSWORD
from tests.kit.fake_stats import FakeStats
from tests.kit.privacy_facts import privacy_facts
from tests.kit.quality_facts import COUNTED, quality_facts, setup_facts

pytestmark = pytest.mark.browser

HOSTILE = "<img src=x onerror=alert(1)>![p](https://evil.example.test/p.png)"
PATHS = ("live", "quality", "setup", "privacy", "links", "account")


@pytest.fixture(scope="module")
def fake() -> FakeStats:
    today = datetime.now(UTC).date()
    return FakeStats(
        sites=[Site("example.org", "UTC")],
        rows={"event:page": [(HOSTILE, 9)], "visit:source": [("Google", 5)]},
        totals={"visitors": 9, "visits": 9, "pageviews": 9},
        current=3,
        privacy=privacy_facts(time.time(), text=HOSTILE),
        quality=quality_facts(today),
        setup=setup_facts(),
        trial_verdict=COUNTED,
    )


def test_the_live_page_refreshes_in_place(context: BrowserContext, site: str, fake: FakeStats) -> None:
    page = log_in(context, f"{site}/live", "anna", PASSWORD)
    number = page.locator(".drawn-now .number")
    expect(number).to_have_text("3")
    unchanged = page.locator(".drawn-table").first
    unchanged.evaluate("node => { node.firstChild.dataset.mark = 'same' }")
    fake.current = 4
    expect(number).to_have_text("4", timeout=15_000)
    expect(page.locator(".drawn-bars tbody tr").last).to_contain_text("0")
    assert unchanged.evaluate("node => node.firstChild.dataset.mark") == "same"
    expect(page.get_by_text(HOSTILE)).to_be_visible()


def test_no_page_asks_another_host_or_runs_text(
    context: BrowserContext, recorder: Recorder, site: str, fake: FakeStats
) -> None:
    page = log_in(context, site, "olga", PASSWORD)
    for path in PATHS:
        page.goto(f"{site}/{path}")
        expect(page.locator(".drawn-table").first).to_be_visible()
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


def test_the_chain_is_checked_and_the_log_saved(context: BrowserContext, site: str) -> None:
    page = log_in(context, site, "dora", PASSWORD)
    page.get_by_role("button", name="Check every line now").click()
    expect(page.get_by_text("3 lines, and each fits the one before.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Evidence log").click()
    assert download.value.suggested_filename == "evidence.jsonl"
    assert download.value.path().read_text() == '{"kind":"day_closed"}\n'
    assert page.get_by_text(HOSTILE).count() >= 3


def test_a_hit_is_tried(context: BrowserContext, site: str, fake: FakeStats) -> None:
    page = log_in(context, f"{site}/quality", "olga", PASSWORD)
    page.get_by_label("Address of the page").fill("https://example.org/x")
    page.get_by_text("Sends Do Not Track", exact=True).click()
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_role("heading", name="It would be counted")).to_be_visible()
    assert (fake.trials[-1].url, fake.trials[-1].dnt) == ("https://example.org/x", True)
    assert "Chrome" in fake.trials[-1].user_agent


def test_narrow_and_dark_nothing_runs_over_the_edge(browser: Browser, site: str) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 900}, color_scheme="dark")
    page = log_in(context, site, "olga", PASSWORD)
    for path in PATHS:
        page.goto(f"{site}/{path}")
        expect(page.locator(".drawn-table").first).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        edges = page.locator(".drawn").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
        assert max(edges) <= 391, path
        here = page.locator(".pages [aria-current]")
        if here.count():  # the account stands in its menu
            expect(here).to_be_in_viewport(ratio=1)
            links = page.locator(".pages a")  # as a font that comes late
            links.evaluate_all("all => all.forEach(one => { one.style.letterSpacing = '.2rem' })")
            expect(here).to_be_in_viewport(ratio=1)
    context.close()

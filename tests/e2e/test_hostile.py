"""Whatever the network sends is shown as the text that it is, on every page: no script runs, no other host is asked."""

import csv
import io
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote, urlencode

import argon2
import httpx
import pytest
from playwright.sync_api import BrowserContext, Page, expect

from appliance.stats.contract import ATTRIBUTES, Funnel, FunnelStep, Site, Transition
from appliance.targets import OWN_KEYS
from tests.kit.appliance_process import ApplianceProcess
from tests.kit.appliance_process import Site as MeasuredSite
from tests.kit.browser import Recorder
from tests.kit.dashboard_page import log_in
from tests.kit.dashboard_process import PASSWORD
from tests.kit.fake_stats import FakeStats
from tests.kit.hits import AGENTS
from tests.kit.hostile import FORMULAS, HOSTILE
from tests.kit.privacy_facts import privacy_facts
from tests.kit.quality_facts import COUNTED, quality_facts, setup_facts
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = [pytest.mark.browser]

NAME = "<img src=x onerror=alert(1)>"
KEY = f"k{HOSTILE[0]}"
LISTS = {
    "Pages": "event:page",
    "Events": "event:name",
    "plan": "event:props:plan",
    "Sources": "visit:source",
    "Campaigns": "visit:utm_campaign",
    "Mediums": "visit:utm_medium",
    "Tags": "visit:utm_source",
    "Contents": "visit:utm_content",
    "Terms": "visit:utm_term",
}
"""Tabs of the report that list what senders write."""
ROWS = [(text, 100 - number) for number, text in enumerate(HOSTILE)]


@pytest.fixture(scope="module")
def fake() -> FakeStats:
    dimensions = [*ATTRIBUTES, *(f"event:props:{key}" for key in (KEY, *sorted(OWN_KEYS)))]
    return FakeStats(
        sites=[Site(NAME, "UTC", (KEY,), HOSTILE[:4])],
        totals={"visitors": 9, "visits": 9, "pageviews": 20},
        rows=dict.fromkeys(dimensions, ROWS),
        current=3,
        funnels=[
            Funnel(name, [FunnelStep(f"Visit {text}", 9, False, 100.0, 0, 0.0) for text in HOSTILE])
            for name in HOSTILE[:4]
        ],
        transitions=[Transition(text, text, 9, 9, 9) for text in HOSTILE],
        privacy=privacy_facts(time.time(), site=NAME, text=HOSTILE[0]),
        quality=quality_facts(datetime.now(UTC).date(), NAME),
        setup=setup_facts(),
        trial_verdict=COUNTED,
        warnings=list(HOSTILE),
    )


@pytest.fixture
def page(context: BrowserContext, site: str) -> Page:
    """The report of an owner, with every card in sight."""
    opened = context.new_page()
    opened.set_viewport_size({"width": 1280, "height": 6000})
    asked = urlencode(dict(zip(("site", "period", "days", "f", "by", "series", "compare"), HOSTILE, strict=False)))
    log_in(context, f"{site}/?{asked}", "olga", PASSWORD, opened)
    expect(opened.locator(".drawn-panel table").first).to_be_visible()
    expect(opened.locator(".waiting")).to_have_count(0)
    return opened


def test_every_list_of_the_report_shows_the_text(page: Page, recorder: Recorder, site: str) -> None:
    lists = 0
    for card in page.locator(".drawn-panel").all():
        tabs = card.locator(".tabs button")
        titles = tabs.all_text_contents() or [card.locator("h2").first.inner_text()]
        for number, title in enumerate(titles):
            if title in ("Came from", "Went to"):  # these need a filter
                continue
            if tabs.count():
                tabs.nth(number).click()
            listed = card.get_by_role("table", name=title if tabs.count() else None, exact=True).locator("tbody .name")
            expect(listed.first).to_be_visible()
            for text, name in zip(HOSTILE, listed.all_text_contents(), strict=False):
                assert text in name, title
            lists += 1
    assert lists >= 30
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


def test_a_long_list_a_filter_and_a_file_keep_the_text(page: Page, recorder: Recorder, site: str) -> None:
    card = page.locator(".drawn-panel", has=page.get_by_role("table", name="Pages", exact=True))
    card.get_by_role("button", name=f"All {len(HOSTILE)}").click()
    dialog = page.get_by_role("dialog")
    assert dialog.locator("tbody .name").all_text_contents() == list(HOSTILE)
    with page.expect_download() as download:
        dialog.get_by_role("button", name="CSV").click()
    lines = list(csv.reader(io.StringIO(download.value.path().read_text(encoding="utf-8"), newline="")))
    assert [line[0] for line in lines[1:]] == [f"'{text}" if text in FORMULAS else text for text in HOSTILE]
    dialog.get_by_role("button", name=HOSTILE[5], exact=True).click()
    expect(page.locator(".chip strong").last).to_have_text(HOSTILE[5])
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


def test_every_other_page_shows_the_text(page: Page, recorder: Recorder, site: str) -> None:
    for path in ("live", "quality", "setup", "privacy", "links", "account", "print"):
        page.goto(f"{site}/{path}?site={quote(NAME)}")
        expect(page.locator(".drawn-table, .drawn-sheet").first).to_be_visible()
        page.wait_for_load_state("networkidle")
    for text in HOSTILE:
        expect(page.get_by_text(text).first).to_be_visible()  # in the printed report
    assert recorder.hosts() == {site.removeprefix("http://")}
    assert recorder.complaints == []


def _sent(appliance: ApplianceProcess, client: httpx.Client, number: int, text: str) -> None:
    """One pageview and one event with the text wherever a sender may put one, by five visitors."""
    tags = urlencode(dict.fromkeys(("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term"), text))
    for visitor in range(5):
        headers = {
            "User-Agent": AGENTS[visitor % len(AGENTS)].text,
            "Content-Type": "text/plain",
            "X-Forwarded-For": f"87.128.{number}.{visitor + 1}",
            "Accept-Language": text.encode("ascii", "ignore").decode(),
        }
        for name in ("pageview", text):
            body = {
                "n": name,
                "d": "example.org",
                "u": f"https://example.org/{quote(text)}?{tags}",
                "r": f"https://news.example/{quote(text)}",
                "p": {"plan": text, text: text},
                "eid": f"{number:08x}{visitor:07x}{name == text:d}",
            }
            client.post("/api/event", content=json.dumps(body), headers=headers)


@pytest.mark.blackbox
def test_what_is_sent_to_the_collector_is_shown_as_the_stats_api_tells_it(
    context: BrowserContext, recorder: Recorder, tmp_path: Path
) -> None:
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    users = f'[[users]]\nname = "olga"\nrole = "owner"\npassword_hash = "{hashed}"\n'
    property_ = f'[[sites.properties]]\nkey = "plan"\nvalues = {json.dumps(HOSTILE[:20])}\n'
    noon = 1_930_478_400
    with ApplianceProcess(tmp_path, [MeasuredSite("example.org", extra=property_)], at=noon, extra=users) as appliance:
        with httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=20) as client:
            for number, text in enumerate(HOSTILE):
                _sent(appliance, client, number, text)
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            await_equal(lambda: stats.totals("example.org")["pageviews"], 5 * len(HOSTILE), "hits are counted", 60)
            page = context.new_page()
            page.set_viewport_size({"width": 1280, "height": 6000})
            log_in(context, appliance.dashboard, "olga", PASSWORD, page)
            expect(page.locator(".drawn-panel table").first).to_be_visible()
            for tab, dimension in LISTS.items():
                told = lambda: sorted(key[0] for key in stats.table("example.org", "day", [dimension], ["visitors"]))  # noqa: B023, E731
                # Cells of a running day are shown some seconds after its totals.
                await_true(lambda: _all_listed(page, tab) == told(), f"{tab} is listed as it is told", 60)  # noqa: B023
                assert sum(any(sign in name for sign in "<>$\"'=`{") for name in told()) >= 15, tab
        for path in ("live", "print"):
            page.goto(f"{appliance.dashboard}/{path}")
            expect(page.locator(".drawn-table, .printed").first).to_be_visible()
            page.wait_for_load_state("networkidle")
        assert recorder.hosts() == {appliance.dashboard.removeprefix("http://")}
        assert recorder.complaints == []


def _all_listed(page: Page, tab: str) -> list[str]:
    """What the whole list of a tab shows, in the order of the alphabet."""
    button = page.locator(".drawn-panel .tabs").get_by_role("button", name=tab, exact=True)
    if button.count():
        button.click()
    listed = page.get_by_role("table", name=tab, exact=True)
    expect(listed.first).to_be_visible()
    card = page.locator(".drawn-panel", has=listed)
    card.locator("[data-focus=details]").click()
    names = page.get_by_role("dialog").locator("tbody .name").all_text_contents()
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    return sorted(names)

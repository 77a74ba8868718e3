"""A real browser on the demo site, and what it did read back from the dashboard in the same browser."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request, Response, Route, expect

from tests.kit.dashboard_page import headline, log_in, table
from tests.kit.demo_process import Demo, running_demo

pytestmark = [pytest.mark.browser, pytest.mark.blackbox]

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/17.5 Mobile/15E148 Safari/604.1"
)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running_demo(tmp_path_factory.mktemp("demo")) as running:
        yield running


class Hits:
    """What a context sent to the collector, with the answers."""

    def __init__(self, context: BrowserContext, collector: str) -> None:
        self.requests: list[Request] = []
        self.methods: list[str] = []
        self._collector = f"{collector}/api/event"
        context.on("request", self._note)

    def _note(self, request: Request) -> None:
        if request.url == self._collector:
            self.requests.append(request)
            self.methods.append(request.method)

    def bodies(self) -> list[dict[str, str]]:
        return [json.loads(request.post_data or "{}") for request in self.requests]


def _is_of_a_pageview(answer: Response) -> bool:
    return answer.url.endswith("/api/event") and '"n":"pageview"' in (answer.request.post_data or "")


def _settled(page: Page, action: str, demo: Demo) -> None:
    """Open an address of the demo site and wait until its pageview is acknowledged."""
    with page.expect_response(_is_of_a_pageview) as answer:
        page.goto(f"{demo.demo_site}{action}")
    assert answer.value.status == 202


def _click(page: Page, name: str, demo: Demo) -> None:
    with page.expect_response(_is_of_a_pageview) as answer:
        page.get_by_role("link", name=name, exact=True).first.click()
    assert answer.value.status == 202


def test_dashboard_shows_what_the_browser_did(browser: Browser, demo: Demo, tmp_path: Path) -> None:
    seen: Counter[str] = Counter()
    reader = browser.new_context(viewport={"width": 1280, "height": 1600})
    hits = Hits(reader, demo.ingest)
    page = reader.new_page()
    _settled(page, "/?utm_source=newsletter&utm_campaign=harvest&mail=jane@example.org#top", demo)
    _click(page, "Subscriptions", demo)
    _click(page, "Recipes", demo)
    _click(page, "Espresso", demo)  # by history.pushState, no page is loaded
    _click(page, "Cold brew", demo)
    with page.expect_response(_is_of_a_pageview):
        page.go_back()
    with page.expect_response(_is_of_a_pageview):
        page.reload()
    seen.update(["/", "/pricing", "/app", "/app/espresso", "/app/cold-brew", "/app/espresso", "/app/espresso"])
    visitors = Counter(dict.fromkeys(seen, 1))
    # A day of fewer than five visitors shows totals only.
    for agent in (FIREFOX, FIREFOX.replace("127", "126"), PHONE, PHONE.replace("iPhone OS 17", "iPhone OS 16")):
        other = browser.new_context(user_agent=agent)
        _settled(other.new_page(), "/blog/water", demo)
        seen["/blog/water"] += 1
        visitors["/blog/water"] += 1
        other.close()

    dashboard = log_in(reader, demo.dashboard, demo.user, demo.password)
    value = dashboard.locator(".tile .value")
    expect(value.nth(2)).to_have_text(str(seen.total()), timeout=30_000)
    assert headline(dashboard, "Visitors") == "5"
    assert headline(dashboard, "Visits") == "5"
    assert headline(dashboard, "Pageviews") == "11"
    assert headline(dashboard, "Views per visit") == "2.20"
    assert headline(dashboard, "Bounce rate") == "–"  # no visit has ended yet
    expect(dashboard.get_by_text("5 current visitors")).to_be_visible()
    assert {tuple(row) for row in table(dashboard, "Pages")} == {(path, str(n)) for path, n in visitors.items()}
    assert table(dashboard, "Sources") == [["Direct / None", "4"], ["Newsletter", "1"]]
    assert {tuple(row) for row in table(dashboard, "Browsers")} == {
        ("Chromium", "1"),
        ("Firefox", "2"),
        ("Safari", "2"),
    }
    dashboard.screenshot(path=tmp_path / "dashboard.png", full_page=True)
    # Every pageview was one request: no preflight, nothing sent twice. Pages that were left told their time.
    assert set(hits.methods) == {"POST"}
    assert len({body["eid"] for body in hits.bodies()}) == len(hits.bodies())
    assert Counter(body["n"] for body in hits.bodies())["pageview"] == 7
    assert {body["n"] for body in hits.bodies()} == {"pageview", "engagement"}
    reader.close()


def test_nothing_is_stored_on_the_visitors_device(browser: Browser, demo: Demo) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(
        "window.written = [];"
        "const set = Storage.prototype.setItem;"
        "Storage.prototype.setItem = function (...a) { window.written.push(a[0]); return set.apply(this, a) };"
        "const d = Object.getOwnPropertyDescriptor(Document.prototype, 'cookie');"
        "Object.defineProperty(document, 'cookie', "
        "{ get() { return d.get.call(this) }, set(v) { window.written.push(v); d.set.call(this, v) } });"
    )
    _settled(page, "/", demo)
    assert page.evaluate("window.written") == []
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert page.evaluate("indexedDB.databases().then(found => found.length)") == 0
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize(
    "wish",
    [
        pytest.param("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })", id="GPC"),
        pytest.param("Object.defineProperty(navigator, 'doNotTrack', { value: '1' })", id="DNT"),
    ],
)
def test_visitor_who_refuses_sends_nothing_at_all(browser: Browser, demo: Demo, wish: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.add_init_script(wish)
    _browse_unseen(context, page, demo)
    context.close()


def test_visitor_who_opted_out_sends_nothing_at_all(browser: Browser, demo: Demo) -> None:
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{demo.ingest}/privacy/optout")
    page.get_by_role("button", name="Do not count my visits").click()
    expect(page.get_by_role("status")).to_contain_text("not counted")
    _browse_unseen(context, page, demo)
    page.goto(f"{demo.ingest}/privacy/optout")
    page.get_by_role("button", name="Count my visits again").click()
    expect(page.get_by_role("status")).to_contain_text("are counted")
    _settled(page, "/", demo)
    context.close()


def _browse_unseen(context: BrowserContext, page: Page, demo: Demo) -> None:
    hits = Hits(context, demo.ingest)
    page.goto(f"{demo.demo_site}/app", wait_until="load")
    page.get_by_role("link", name="Espresso", exact=True).click()
    page.evaluate("plausible('Signup')")
    # The script has run: it would have sent by now, and a later page would send what was held back.
    page.goto(f"{demo.demo_site}/docs", wait_until="load")
    page.evaluate("fetch('/docs').then(() => 0)")
    assert hits.requests == []


def test_hit_that_was_not_taken_is_sent_again_under_the_same_id(browser: Browser, demo: Demo) -> None:
    context = browser.new_context()
    sent: list[str] = []

    def refuse_once(route: Route) -> None:
        sent.append(json.loads(route.request.post_data or "{}")["eid"])
        if len(sent) == 1:
            route.fulfill(status=503, headers={"Access-Control-Allow-Origin": "*"})
        else:
            route.continue_()

    context.route(f"{demo.ingest}/api/event", refuse_once)
    page = context.new_page()
    with page.expect_response(lambda answer: answer.url.endswith("/api/event") and answer.status == 202):
        page.goto(f"{demo.demo_site}/docs")
    assert len(sent) == 2
    assert sent[0] == sent[1]
    context.close()


def test_custom_event_reaches_the_collector_and_answers_its_caller(browser: Browser, demo: Demo) -> None:
    context = browser.new_context()
    hits = Hits(context, demo.ingest)
    page = context.new_page()
    _settled(page, "/", demo)
    status = page.evaluate(
        "new Promise(done => plausible('Signup', { interactive: false, callback: answer => done(answer.status) }))"
    )
    assert status == 202
    body = hits.bodies()[-1]
    assert (body["n"], body["i"]) == ("Signup", False)
    context.close()

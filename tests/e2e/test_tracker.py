"""The tracker script in a real Chromium, on pages and with a collector that exist only inside the browser."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route

from appliance.ingest.script import script_answer
from tests.kit.browser import chromium

pytestmark = pytest.mark.browser

SITE = "https://site.example.test"
COLLECTOR = "https://stats.example.test"
TAG = f'<script defer data-domain="site.example.test" src="{COLLECTOR}/js/script.js"></script>'


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


class World:
    """A site with the tag on every page, and its collector."""

    def __init__(self, browser: Browser) -> None:
        self.context: BrowserContext = browser.new_context()
        self.head = TAG
        self.status = 202
        self.hits: list[dict[str, Any]] = []
        self.methods: list[str] = []
        self.headers: dict[str, str] = {}
        self.addresses: list[str] = []
        self.errors: list[str] = []
        self.context.route("**/*", self._answer)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _answer(self, route: Route) -> None:
        url = route.request.url
        if url == f"{COLLECTOR}/js/script.js":
            route.fulfill(body=script_answer().body["body"], content_type="text/javascript")
        elif url.startswith(SITE) and not url.endswith("/collect"):
            route.fulfill(body=f"<!doctype html><title>A page</title>{self.head}", content_type="text/html")
        else:
            self.addresses.append(url)
            self.methods.append(route.request.method)
            self.headers = route.request.headers
            self.hits.append(json.loads(route.request.post_data or "{}"))
            route.fulfill(status=self.status, headers={"Access-Control-Allow-Origin": "*"}, body="ok")

    def open(self, path: str = "/", **options: Any) -> None:
        self.page.goto(SITE + path, **options)
        self.settle()

    def settle(self) -> None:
        """A request of the page's own comes after those the script made before it."""
        self.page.evaluate("fetch('/settle').then(() => 0)")

    def seen(self) -> list[tuple[str, str]]:
        return [(hit["n"], hit["u"]) for hit in self.hits]


@pytest.fixture
def world(browser: Browser) -> Iterator[World]:
    made = World(browser)
    yield made
    made.context.close()
    assert made.errors == []


def test_pageview_is_one_plain_request_without_preflight_or_credentials(world: World) -> None:
    world.context.add_cookies([{"name": "login", "value": "x", "url": COLLECTOR}])
    world.open("/a?q=1#part", referer="https://elsewhere.example.test/")
    (hit,) = world.hits
    assert len(hit.pop("eid")) <= 64
    assert hit == {
        "n": "pageview",
        "u": f"{SITE}/a?q=1#part",
        "d": "site.example.test",
        "r": "https://elsewhere.example.test/",
    }
    assert (world.methods, world.addresses) == (["POST"], [f"{COLLECTOR}/api/event"])
    assert world.headers["content-type"] == "text/plain"
    assert "cookie" not in world.headers


def test_endpoint_can_be_chosen(world: World) -> None:
    world.head = TAG.replace("data-domain", f'data-api="{SITE}/collect" data-domain')
    world.open()
    assert world.addresses == [f"{SITE}/collect"]


def test_navigation_inside_a_page_counts_when_the_path_changes(world: World) -> None:
    world.open("/a")
    world.page.evaluate("history.pushState({}, '', '/b'); history.pushState({}, '', '/b?page=2#x')")
    world.page.evaluate("history.replaceState({}, '', '/c')")
    world.page.go_back()
    world.settle()
    assert [url.removeprefix(SITE) for _, url in world.seen()] == ["/a", "/b", "/c", "/b"]
    assert len({hit["eid"] for hit in world.hits}) == 4


@pytest.mark.parametrize(
    ("object_", "name", "value", "event"),
    [("document", "prerendering", "true", "prerenderingchange"), ("document", "visibilityState", "'hidden'", None)],
)
def test_page_counts_when_somebody_looks_at_it(
    world: World, object_: str, name: str, value: str, event: str | None
) -> None:
    world.page.add_init_script(f"Object.defineProperty({object_}, '{name}', {{ value: {value}, configurable: true }})")
    world.open("/a")
    world.page.evaluate("history.pushState({}, '', '/b')")
    world.settle()
    assert world.hits == []
    world.page.evaluate(f"delete {object_}.{name}; document.dispatchEvent(new Event('{event or 'visibilitychange'}'))")
    world.settle()
    assert world.seen() == [("pageview", f"{SITE}/b")]


def test_event_of_a_page_drawn_in_advance_waits_behind_its_pageview(world: World) -> None:
    world.page.add_init_script("Object.defineProperty(document, 'prerendering', { value: true, configurable: true })")
    world.open("/a")
    world.page.evaluate("plausible('Signup')")
    world.page.evaluate("delete document.prerendering; document.dispatchEvent(new Event('prerenderingchange'))")
    world.settle()
    assert [name for name, _ in world.seen()] == ["pageview", "Signup"]


@pytest.mark.parametrize(
    "wish",
    [
        "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })",
        "Object.defineProperty(navigator, 'doNotTrack', { value: '1' })",
        "localStorage.setItem('cl_optout', '1')",
        "localStorage.setItem('plausible_ignore', 'true')",
        "document.cookie = 'a=b'; document.cookie = 'cl_optout=1'",
    ],
)
def test_refusal_sends_nothing_and_keeps_no_caller_waiting(world: World, wish: str) -> None:
    world.page.add_init_script(wish)
    world.open()
    heard = world.page.evaluate(
        "Promise.race([new Promise(done => plausible('Signup', { callback: () => done(true) })),"
        " new Promise(done => setTimeout(done, 5000, false))])"
    )
    world.settle()
    assert heard
    assert world.hits == []


def test_script_works_where_storage_is_forbidden(world: World) -> None:
    world.head = f'<iframe sandbox="allow-scripts" src="{SITE}/framed"></iframe>'
    world.context.route(
        f"{SITE}/framed", lambda route: route.fulfill(body=f"<!doctype html>{TAG}", content_type="text/html")
    )
    with world.page.expect_response(f"{COLLECTOR}/api/event"):
        world.open()
    assert world.seen() == [("pageview", f"{SITE}/framed")]


def test_calls_made_before_the_script_came_are_sent_under_both_names(world: World) -> None:
    stub = "window.{0} = function () {{ ({0}.q = {0}.q || []).push(arguments) }}; {0}('{0} first');"
    world.head = f"<script>{stub.format('plausible')}{stub.format('appliance')}</script>{TAG}"
    world.open()
    world.page.evaluate("appliance('later', { interactive: false, url: 'https://site.example.test/virtual' })")
    world.settle()
    assert {name for name, _ in world.seen()} == {"appliance first", "plausible first", "pageview", "later"}
    later = next(hit for hit in world.hits if hit["n"] == "later")
    assert (later["i"], later["u"]) == (False, f"{SITE}/virtual")


def test_what_the_page_itself_calls_appliance_stays(world: World) -> None:
    world.head = f"<script>window.appliance = {{ kind: 'kettle' }}</script>{TAG}"
    world.open()
    assert world.page.evaluate("appliance.kind") == "kettle"
    assert len(world.hits) == 1


@pytest.mark.parametrize(("status", "attempts"), [(503, 4), (429, 4), (202, 1), (400, 1)])
def test_hit_is_sent_again_a_few_times_only_where_that_can_help(world: World, status: int, attempts: int) -> None:
    world.page.clock.install()
    world.status = status
    world.open()
    for _ in range(6):
        world.page.clock.run_for(20_000)
        world.settle()
    assert len(world.hits) == attempts
    assert len({hit["eid"] for hit in world.hits}) == 1


def test_nothing_that_could_be_a_fingerprint_is_asked_for(world: World) -> None:
    world.page.add_init_script(
        """window.asked = [];
        for (const kind of [Navigator, Screen, Performance, HTMLCanvasElement, Date, Intl.DateTimeFormat])
          for (const [name, is] of Object.entries(Object.getOwnPropertyDescriptors(kind.prototype)))
            if (is.configurable && is.get) Object.defineProperty(kind.prototype, name,
              { ...is, get() { asked.push(name); return is.get.call(this) } });
            else if (is.configurable && typeof is.value === 'function' && name !== 'constructor')
              Object.defineProperty(kind.prototype, name,
                { ...is, value(...a) { asked.push(name); return is.value.apply(this, a) } });
        """
    )
    world.open()
    world.page.evaluate("plausible('Signup')")
    world.settle()
    assert len(world.hits) == 2
    asked = set(world.page.evaluate("window.asked"))
    assert asked <= {"globalPrivacyControl", "doNotTrack"}
    assert "doNotTrack" in asked

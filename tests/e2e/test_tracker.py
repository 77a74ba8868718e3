"""The default build of the tracker in a real Chromium."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.kit.tracked_site import COLLECTOR, SITE, TrackedSite, tag

pytestmark = pytest.mark.browser


@pytest.fixture
def site(browser: Browser) -> Iterator[TrackedSite]:
    made = TrackedSite(browser)
    yield made
    made.close()


def test_pageview_is_one_plain_request_without_preflight_or_credentials(site: TrackedSite) -> None:
    site.context.add_cookies([{"name": "login", "value": "x", "url": COLLECTOR}])
    site.open("/a?q=1#part", referer="https://elsewhere.example.test/")
    (hit,) = site.hits
    assert len(hit.pop("eid")) <= 64
    assert hit == {
        "n": "pageview",
        "u": f"{SITE}/a",
        "d": "site.example.test",
        "r": "https://elsewhere.example.test",
        "w": 992,
    }
    assert (site.methods, site.addresses) == (["POST"], [f"{COLLECTOR}/api/event"])
    assert site.headers["content-type"] == "text/plain;charset=UTF-8"
    assert "cookie" not in site.headers


def test_endpoint_can_be_chosen(site: TrackedSite) -> None:
    site.head = tag(attributes=f'data-api="{SITE}/collect"')
    site.open()
    assert site.addresses == [f"{SITE}/collect"]


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/?mail=jane@example.org", "/"),
        ("/?token=1&utm_source=News%20letter&x=2&utm_id=7", "/?utm_source=News%20letter&utm_id=7"),
        ("/a?ref=hn&referrer=x#utm_source=no", "/a?ref=hn"),
        ("/a?source=app&resource=1&utm=2&my_utm_source=3", "/a?source=app"),
        ("/?gclid=Cj0KCQjw-secret&utm_medium=cpc", "/?gclid=&utm_medium=cpc"),
        ("/?x=1&fbclid=IwAR0secret&msclkid=s&wbraid=s&rdt_cid=s&igsh=s", "/?fbclid=&msclkid=&wbraid=&rdt_cid=&igsh="),
        ("/?userid=7&jane@id=x&id", "/?userid="),
        ("/a;b=c/d?", "/a;b=c/d"),
    ],
)
def test_of_a_query_only_the_campaign_leaves_the_browser(site: TrackedSite, asked: str, sent: str) -> None:
    site.open(asked)
    site.run(f"plausible('Signup', {{ u: '{SITE}{asked}' }})")
    assert site.seen() == [("pageview", sent), ("Signup", sent)]


def test_of_a_referrer_only_its_host_leaves_the_browser(site: TrackedSite) -> None:
    site.open(referer="https://elsewhere.example.test/users/jane?mail=jane@example.org")
    assert site.hits[0]["r"] == "https://elsewhere.example.test"


def test_navigation_inside_a_page_counts_when_the_path_changes(site: TrackedSite) -> None:
    site.open("/a")
    site.page.evaluate("history.pushState({}, '', '/b'); history.pushState({}, '', '/b?page=2#x')")
    site.page.evaluate("history.replaceState({}, '', '/c')")
    site.page.go_back()
    site.settle()
    assert [path for _, path in site.seen()] == ["/a", "/b", "/c", "/b"]
    assert len({hit["eid"] for hit in site.hits}) == 4


@pytest.mark.parametrize(("name", "event"), [("prerendering", "prerenderingchange"), ("hidden", "visibilitychange")])
def test_page_counts_when_somebody_looks_at_it(site: TrackedSite, name: str, event: str) -> None:
    hide(site, name)
    site.open("/a")
    site.run("history.pushState({}, '', '/b')")
    assert site.hits == []
    site.run(f"delete document.prerendering; delete document.hidden; document.dispatchEvent(new Event('{event}'))")
    assert site.seen() == [("pageview", "/b")]


def hide(site: TrackedSite, *names: str) -> None:
    """A document that is drawn in advance is hidden, too."""
    for name in {*names, "hidden"}:
        site.page.add_init_script(f"Object.defineProperty(document, '{name}', {{ value: true, configurable: true }})")


def test_event_of_a_page_drawn_in_advance_waits_behind_its_pageview(site: TrackedSite) -> None:
    hide(site, "prerendering")
    site.open("/a")
    site.run("plausible('Signup')")
    assert site.hits == []
    site.run(
        "delete document.prerendering; delete document.hidden; document.dispatchEvent(new Event('prerenderingchange'))"
    )
    assert [name for name, _ in site.seen()] == ["pageview", "Signup"]


def test_page_that_comes_back_from_the_cache_of_the_browser_counts_again(site: TrackedSite) -> None:
    site.open("/a")
    site.run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: false }))")
    site.run("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))")
    assert site.seen() == [("pageview", "/a")] * 2


@pytest.mark.parametrize(
    "wish",
    [
        "Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })",
        "Object.defineProperty(navigator, 'doNotTrack', { value: '1' })",
    ],
)
def test_refusal_sends_nothing_and_keeps_no_caller_waiting(site: TrackedSite, wish: str) -> None:
    site.page.add_init_script(wish)
    site.open()
    assert answered(site)
    assert site.hits == site.engagements == []


def answered(site: TrackedSite) -> bool:
    return bool(site.run("new Promise(done => plausible('Signup', { callback: () => done(true) }))"))


def test_page_can_hold_everything_back_and_let_go(site: TrackedSite) -> None:
    site.head = tag(attributes="data-off")
    site.open()
    assert answered(site)
    assert site.hits == []
    site.run("document.querySelector('[data-off]').removeAttribute('data-off'); appliance('pageview')")
    assert site.seen() == [("pageview", "/")]


def test_script_works_where_storage_is_forbidden(site: TrackedSite) -> None:
    site.head = f'<iframe sandbox="allow-scripts" src="{SITE}/framed"></iframe>'
    site.context.route(
        f"{SITE}/framed", lambda route: route.fulfill(body=f"<!doctype html>{tag()}", content_type="text/html")
    )
    with site.page.expect_response(f"{COLLECTOR}/api/event"):
        site.open()
    assert site.seen() == [("pageview", "/framed")]


def test_event_carries_what_the_page_says(site: TrackedSite) -> None:
    site.open()
    status = site.run(
        "new Promise(done => appliance('Purchase', { props: { plan: 'pro', seats: 3 }, interactive: false,"
        " revenue: { currency: 'EUR', amount: 12.9 }, url: '/virtual?x=1', callback: answer => done(answer.status) }))"
    )
    hit = site.hits[1]
    assert status == 202
    assert (hit["n"], hit["u"], hit["i"]) == ("Purchase", f"{SITE}/virtual", False)
    assert (hit["p"], hit["$"]) == ({"plan": "pro", "seats": 3}, {"currency": "EUR", "amount": 12.9})


def test_calls_made_before_the_script_came_are_sent_under_both_names(site: TrackedSite) -> None:
    stub = "window.{0} = function () {{ ({0}.q = {0}.q || []).push(arguments) }}; {0}('{0} first');"
    site.head = f"<script>{stub.format('plausible')}{stub.format('appliance')}</script>{tag()}"
    site.open()
    site.run("appliance('later', null)")
    assert sorted(name for name, _ in site.seen()) == ["appliance first", "later", "pageview", "plausible first"]


def test_what_the_page_itself_calls_appliance_stays(site: TrackedSite) -> None:
    site.head = f"<script>window.appliance = {{ kind: 'kettle' }}</script>{tag()}"
    site.open()
    assert site.page.evaluate("appliance.kind") == "kettle"
    assert len(site.hits) == 1


@pytest.mark.parametrize(("status", "attempts"), [(503, 4), (429, 4), (202, 1), (400, 1)])
def test_hit_is_sent_again_a_few_times_only_where_that_can_help(site: TrackedSite, status: int, attempts: int) -> None:
    site.page.clock.install()
    site.status = status
    site.open()
    for _ in range(6):
        site.page.clock.run_for(20_000)
        site.settle()
    assert len(site.hits) == attempts
    assert len({hit["eid"] for hit in site.hits}) == 1


def test_hit_that_the_network_lost_is_sent_again_and_its_caller_told_once(site: TrackedSite) -> None:
    site.page.clock.install()
    site.open()
    lost: list[str] = []

    def lose(route: Any) -> None:
        lost.append(route.request.post_data_json["eid"])
        route.abort()

    site.context.route(f"{COLLECTOR}/api/event", lose)
    site.page.evaluate("window.told = []; plausible('Signup', { callback: answer => told.push('error' in answer) })")
    site.page.wait_for_function("told.length")
    site.context.unroute(f"{COLLECTOR}/api/event", lose)
    site.page.clock.run_for(20_000)
    site.settle()
    assert [hit["eid"] for hit in site.hits[1:]] == lost
    assert site.page.evaluate("told") == [True]


@pytest.mark.parametrize(("pixels", "told"), [(1440, 1440), (1439, 992), (991, 576), (576, 576), (575, 1)])
def test_width_of_the_window_is_told_as_the_lower_end_of_its_class(site: TrackedSite, pixels: int, told: int) -> None:
    site.page.set_viewport_size({"width": pixels, "height": 600})
    site.open()
    assert site.hits[0]["w"] == told

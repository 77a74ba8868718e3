"""Visible time and scroll depth, as the tracker tells them, in a real Chromium."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.kit.tracked_site import SITE, TrackedSite

pytestmark = pytest.mark.browser

HIDE = (
    "Object.defineProperty(document, 'hidden', { value: true, configurable: true });"
    "document.dispatchEvent(new Event('visibilitychange'))"
)
SHOW = "delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))"
BLUR = "document.hasFocus = () => false; dispatchEvent(new Event('blur'))"
FOCUS = "delete document.hasFocus; dispatchEvent(new Event('focus'))"


@pytest.fixture
def site(browser: Browser) -> Iterator[TrackedSite]:
    made = TrackedSite(browser)
    made.page.set_viewport_size({"width": 800, "height": 500})
    made.body = '<div style="height: 2000px; margin: 0"></div><style>body { margin: 0 }</style>'
    made.page.clock.install()
    yield made
    made.close()


def told(site: TrackedSite) -> list[tuple[str, int, int]]:
    return [(hit["u"].removeprefix(SITE), hit["e"], hit["sd"]) for hit in site.engagements]


@pytest.mark.parametrize(("leave", "come_back"), [(HIDE, SHOW), (BLUR, FOCUS)], ids=["hidden", "unfocused"])
def test_only_time_that_a_page_is_looked_at_counts(site: TrackedSite, leave: str, come_back: str) -> None:
    site.open("/a?x=1")
    site.page.clock.run_for(4_000)
    site.run(leave)
    site.page.clock.run_for(60_000)
    site.run(come_back)
    site.page.clock.run_for(5_000)
    site.run(leave)
    assert told(site) == [("/a", pytest.approx(4_000, abs=500), 25), ("/a", pytest.approx(5_000, abs=500), 25)]
    assert len({hit["eid"] for hit in [*site.hits, *site.engagements]}) == 3


def test_leaving_after_less_than_three_seconds_without_scrolling_on_tells_nothing(site: TrackedSite) -> None:
    site.open("/a")
    site.run(HIDE)  # the first time the depth is news
    site.run(SHOW)
    site.page.clock.run_for(2_000)
    site.run(HIDE)
    assert len(site.engagements) == 1
    site.run(SHOW)
    site.page.clock.run_for(1_500)
    site.run(HIDE)
    assert told(site)[1] == ("/a", pytest.approx(3_500, abs=500), 25)


def test_depth_is_the_deepest_point_that_was_reached(site: TrackedSite) -> None:
    site.open("/a")
    for y in (1000, 300):
        site.run(f"new Promise(done => {{ addEventListener('scroll', done, {{ once: true }}); scrollTo(0, {y}) }})")
    site.run(HIDE)
    assert [depth for _, _, depth in told(site)] == [75]


def test_page_left_inside_an_application_is_told_before_the_next_one(site: TrackedSite) -> None:
    site.open("/a")
    site.page.clock.run_for(3_000)
    site.run("history.pushState({}, '', '/b')")
    site.page.clock.run_for(7_000)
    site.run(HIDE)
    assert [(page, round(time, -3)) for page, time, _ in told(site)] == [("/a", 3_000), ("/b", 7_000)]
    assert [path for _, path in site.seen()] == ["/a", "/b"]


def test_page_nobody_looked_at_has_no_time(site: TrackedSite) -> None:
    site.page.add_init_script(HIDE.partition(";")[0])
    site.open("/a")
    site.page.clock.run_for(9_000)
    site.run("dispatchEvent(new Event('blur'))")
    assert site.engagements == []


def test_refusal_holds_for_time_and_depth_too(site: TrackedSite) -> None:
    site.open("/a")
    site.run("Object.defineProperty(navigator, 'globalPrivacyControl', { value: true })")
    site.page.clock.run_for(9_000)
    site.run(HIDE)
    assert site.engagements == []

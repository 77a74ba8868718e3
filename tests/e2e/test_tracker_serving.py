"""The ingest application as a browser meets it: content security policies, integrity, the opt-out, the image."""

import base64
import hashlib
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from appliance.settings import ServerSettings, Settings, SiteSettings
from scripts import tracker
from tests.kit.ingest import Ingest
from tests.kit.serving import serving

pytestmark = pytest.mark.browser

SETTINGS = Settings(
    server=ServerSettings(),
    sites=(SiteSettings(id="example.org", hostnames=("localhost", "127.0.0.1")),),
)
STRICT = "default-src 'none'; script-src {0}; connect-src {0}; img-src {0}; require-trusted-types-for 'script'"


class Site:
    """The ingest application with a page in front, under one address and under two names."""

    def __init__(self) -> None:
        self.ingest = Ingest(settings=SETTINGS)
        self.page = ""
        self.policy = "default-src 'self'"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if not scope["path"].startswith(("/page", "/favicon")):
            await self.ingest.app(scope, receive, send)
            return
        headers = [(b"content-type", b"text/html"), (b"content-security-policy", self.policy.encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": f"<!doctype html><title>A</title>{self.page}".encode()})

    def counted(self) -> list[tuple[str, str]]:
        return [(event.name, event.path) for _, _, event in self.ingest.queued if event.name != "engagement"]


@pytest.fixture
def site() -> Site:
    return Site()


@pytest.fixture
def own(site: Site) -> Iterator[str]:
    """Address of the site. `localhost` is a secure context, as HTTPS is; 127.0.0.1 is another site."""
    with serving(site) as address:
        yield address.replace("127.0.0.1", "localhost")


def listen(page: Page) -> list[str]:
    """What the page will complain about."""
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def visit(page: Page, address: str) -> None:
    """Open a page and wait until its pageview is answered."""
    with page.expect_response("**/api/event"):
        page.goto(address)


def digest(name: str) -> str:
    return "sha384-" + base64.b64encode(hashlib.sha384((tracker.TRACKER / name).read_bytes()).digest()).decode()


@pytest.mark.parametrize("name", ["script.js", "script.full.js"])
@pytest.mark.parametrize("cross_origin", [False, True], ids=["own host", "other host"])
def test_counts_under_a_strict_policy_with_integrity(
    site: Site, own: str, context: BrowserContext, name: str, cross_origin: bool
) -> None:
    collector = own.replace("localhost", "127.0.0.1") if cross_origin else own
    site.policy = STRICT.format(collector if cross_origin else "'self'")
    site.page = (
        f'<script defer data-domain="example.org" src="{collector}/js/{name}" integrity="{digest(name)}"'
        ' crossorigin="anonymous"></script>'
    )
    page = context.new_page()
    complaints = listen(page)
    visit(page, f"{own}/page/a")
    assert site.counted() == [("pageview", "/page/a")]
    assert complaints == []
    assert context.cookies() == []


def test_script_with_other_bytes_than_the_page_expects_does_not_run(
    site: Site, own: str, context: BrowserContext
) -> None:
    tag = '<script defer data-domain="example.org" src="/js/script.js"'
    site.page = f'{tag} integrity="{digest("source.js")}"></script>'
    page = context.new_page()
    complaints = listen(page)
    page.goto(f"{own}/page")
    assert page.evaluate("typeof plausible") == "undefined"
    assert site.counted() == []
    assert len(complaints) == 1


def test_visitor_who_opts_out_is_not_counted_from_the_next_page_on(
    site: Site, own: str, context: BrowserContext
) -> None:
    site.page = '<script defer data-domain="example.org" src="/js/script.js"></script>'
    page = context.new_page()
    complaints = listen(page)
    visit(page, f"{own}/page/a")
    page.goto(f"{own}/privacy/optout")
    page.get_by_role("button", name="Do not count my visits").click()
    page.get_by_role("status").get_by_text("are not counted").wait_for()
    before = len(site.ingest.queued)
    page.goto(f"{own}/page/b")
    # Chromium may still have the counting script in its memory: then the hit brings the cookie, and is dropped.
    assert page.evaluate("new Promise(done => plausible('Signup', { callback: () => done('told') }))") == "told"
    page.goto(f"{own}/privacy/optout")
    assert len(site.ingest.queued) == before
    page.get_by_role("button", name="Count my visits again").click()
    page.get_by_role("status").get_by_text("are counted").wait_for()
    visit(page, f"{own}/page/c")
    assert site.counted() == [("pageview", "/page/a"), ("pageview", "/page/c")]
    assert complaints == []


def test_visitor_who_opted_out_sends_nothing(site: Site, own: str, context: BrowserContext) -> None:
    site.page = '<script defer data-domain="example.org" src="/js/script.js"></script>'
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(own)))
    page.goto(f"{own}/privacy/optout")
    page.get_by_role("button", name="Do not count my visits").click()
    page.get_by_role("status").get_by_text("are not counted").wait_for()
    page.goto(f"{own}/page/a")
    assert page.evaluate("new Promise(done => plausible('Signup', { callback: () => done('told') }))") == "told"
    assert asked[-2:] == ["/page/a", "/js/script.js"]
    assert site.counted() == []


def test_script_is_taken_from_the_cache_of_the_browser(site: Site, own: str, context: BrowserContext) -> None:
    site.page = '<script defer data-domain="example.org" src="/js/script.js"></script>'
    page = context.new_page()
    asked: list[str] = []
    ingest_app = site.ingest.app

    async def noting(scope: Any, receive: Any, send: Any) -> None:
        asked.append(scope["path"])
        await ingest_app(scope, receive, send)

    site.ingest.app = noting
    for path in ("/page/a", "/page/b"):
        visit(page, own + path)
    assert asked.count("/js/script.js") == 1
    assert [path for _, path in site.counted()] == ["/page/a", "/page/b"]


def test_image_counts_a_page_without_javascript(site: Site, own: str, browser: Browser) -> None:
    site.page = '<noscript><img src="/pixel.gif?site=example.org" alt=""></noscript>'
    without, with_ = browser.new_context(java_script_enabled=False), browser.new_context()
    for context in (without, with_):
        page = context.new_page()
        page.goto(f"{own}/page/a?mail=jane@example.org")  # until its images are there
        assert context.cookies() == []
        context.close()
    assert site.counted() == [("pageview", "/page/a")]

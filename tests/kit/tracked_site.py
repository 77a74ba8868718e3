"""A site with the tracker on every page, and its collector: both exist only inside the browser."""

import json
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page, Route

from appliance.ingest.script import Scripts

SITE = "https://site.example.test"
COLLECTOR = "https://stats.example.test"
_SCRIPTS = Scripts()


def tag(name: str = "script.js", attributes: str = "") -> str:
    """The tag of a script, with more attributes."""
    return f'<script defer data-domain="site.example.test" src="{COLLECTOR}/js/{name}" {attributes}></script>'


class TrackedSite:
    """Pages below `SITE`; `hits` and `engagements` are what the tracker sent, as the collector read them."""

    def __init__(self, browser: Browser) -> None:
        self.context: BrowserContext = browser.new_context()
        self.head = tag()
        self.body = ""
        self.status = 202
        self.hits: list[dict[str, Any]] = []
        self.engagements: list[dict[str, Any]] = []
        self.methods: list[str] = []
        self.headers: dict[str, str] = {}
        self.addresses: list[str] = []
        self.errors: list[str] = []
        self.context.route("**/*", self._answer)
        self.page: Page = self.context.new_page()
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))

    def _answer(self, route: Route) -> None:
        url = route.request.url
        script = _SCRIPTS.find(urlsplit(url).path, opted_out=False) if url.startswith(f"{COLLECTOR}/js/") else None
        if script is not None:
            route.fulfill(body=script.body["body"], content_type="text/javascript")
        elif not url.startswith(COLLECTOR) and not url.endswith("/collect"):
            content = f"<!doctype html><title>A page</title>{self.head}<body>{self.body}"
            route.fulfill(body=content, content_type="text/html")
        else:
            self._take(route)

    def _take(self, route: Route) -> None:
        self.addresses.append(route.request.url)
        self.methods.append(route.request.method)
        self.headers = route.request.headers
        hit = json.loads(route.request.post_data or "{}")
        (self.engagements if hit.get("n") == "engagement" else self.hits).append(hit)
        route.fulfill(status=self.status, headers={"Access-Control-Allow-Origin": "*"}, body="ok")

    def open(self, path: str = "/", **options: Any) -> None:
        """Load a page and wait for what its tracker sends."""
        self.page.goto(SITE + path, **options)
        self.settle()

    def settle(self) -> None:
        """A request of the page's own comes after those the script made before it."""
        self.page.evaluate("fetch('/settle').then(() => 0)")

    def run(self, script: str) -> Any:
        """Evaluate in the page and wait for what is sent."""
        result = self.page.evaluate(script)
        self.settle()
        return result

    def seen(self) -> list[tuple[str, str]]:
        """Name and page of each hit."""
        return [(hit["n"], hit["u"].removeprefix(SITE)) for hit in self.hits]

    def close(self) -> None:
        """The page must have run without an error."""
        self.context.close()
        assert self.errors == []

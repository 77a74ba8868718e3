"""A real Chromium that reaches this machine and nothing else, and a record of what it asked for."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

HOST = "stats.example.test"
"""A host name that means this machine inside the browser."""

# Two cores, several processes and a browser: the usual five seconds are too short at times.
expect.set_options(timeout=20_000)

_FLAGS = [
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    # A headless browser says so, and is counted as a robot.
    "--user-agent=Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36",
    f"--host-resolver-rules=MAP {HOST} 127.0.0.1, MAP localhost 127.0.0.1, EXCLUDE 127.0.0.1, MAP * ~NOTFOUND",
]


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium on the PATH, else the one Playwright brought."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    # Chromium's own sandbox refuses to run as root.
    flags = [*_FLAGS, "--no-sandbox"] if os.geteuid() == 0 else _FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Recorder:
    """What pages of a context asked for and complained about."""

    urls: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        """Record from now on."""
        context.on("request", lambda request: self.urls.append(request.url))
        context.on("page", self._watch_page)

    def hosts(self) -> set[str]:
        """Host and port of everything asked for; data inside the page does not count."""
        parts = [urlsplit(url) for url in self.urls]
        return {part.netloc for part in parts if part.scheme not in ("data", "blob", "about")}

    def _watch_page(self, page: Page) -> None:
        page.on("websocket", lambda socket: self.urls.append(socket.url))
        page.on("dialog", lambda dialog: self.complaints.append(f"dialog: {dialog.message}"))
        page.on("pageerror", lambda error: self.complaints.append(f"error: {error}"))
        page.on("console", self._hear)

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.complaints.append(message.text)

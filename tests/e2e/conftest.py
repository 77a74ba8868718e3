"""A browser for each module of tests, and a window of it for each test."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.kit.browser import Recorder, chromium


# Not for the whole session: Playwright keeps an event loop running, which other modules start themselves.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with chromium() as opened:
        yield opened


@pytest.fixture
def recorder() -> Recorder:
    """What the pages of `context` asked for and complained about."""
    return Recorder()


@pytest.fixture
def context(browser: Browser, recorder: Recorder) -> Iterator[BrowserContext]:
    """A wide window, high enough that most cards are in sight."""
    opened = browser.new_context(viewport={"width": 1280, "height": 2400})
    recorder.watch(opened)
    yield opened
    opened.close()

"""A browser and a dashboard for each module of tests, and a window of the browser for each test.

The dashboard asks the module's own `fake`.
"""

from collections.abc import Iterator
from pathlib import Path

import argon2
import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.kit.browser import HOST, Recorder, chromium
from tests.kit.dashboard_process import PASSWORD, dashboard_process
from tests.kit.fake_stats import FakeStats
from tests.kit.serving import serving


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


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Home directory of the dashboard."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def records(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the dashboard keeps logins and shared links."""
    return tmp_path_factory.mktemp("records") / "dashboard.sqlite"


@pytest.fixture(scope="module")
def site(fake: FakeStats, home: Path, records: Path) -> Iterator[str]:
    """Address of the dashboard by its host name."""
    hashed = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD)
    with serving(fake.app()) as stats, dashboard_process(stats, fake.key, hashed, home, records) as port:
        yield f"http://{HOST}:{port}"

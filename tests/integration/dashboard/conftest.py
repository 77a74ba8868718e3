"""The page as Streamlit runs it without a browser, against a stats API that answers from a table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.login.sessions import Sessions
from dashboard.options import DashboardOptions, DashboardUser
from tests.kit.fake_stats import FakeStats
from tests.kit.serving import serving

SCRIPT = Path(__file__).parents[3] / "dashboard" / "entry" / "main.py"
# 23 November 2026, 18:30 in Berlin.
NOW = 1_795_455_000.0
ANNA = DashboardUser("anna", "$argon2id$anna")


@pytest.fixture
def user() -> dict[str, DashboardUser | None]:
    """Who looks; tests may change it."""
    return {"is": ANNA}


@pytest.fixture
def page(fake: FakeStats, user: dict[str, DashboardUser | None], monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    with serving(fake.app()) as url:
        fake.clock = lambda: NOW
        options = DashboardOptions(url, fake.key, b"k" * 32, (ANNA,), clock=fake.clock)
        state.install(options, Sessions(options.cookie_key, options.users, 3600, options.clock))
        monkeypatch.setattr(state, "reader", lambda: user["is"] and user["is"].reader)
        yield AppTest.from_file(str(SCRIPT), default_timeout=20)
        state.close()

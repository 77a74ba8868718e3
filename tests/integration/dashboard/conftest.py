"""The page as Streamlit runs it without a browser, against a stats API that answers from a table."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.login.sessions import Sessions
from dashboard.options import DashboardOptions, DashboardUser
from dashboard.records import Records
from dashboard.rights import Role
from dashboard.sharing.links import Links
from tests.kit.fake_stats import FakeStats
from tests.kit.serving import serving

SCRIPT = Path(__file__).parents[3] / "dashboard" / "entry" / "main.py"
# 23 November 2026, 18:30 in Berlin.
NOW = 1_795_455_000.0
ANNA = DashboardUser("anna", "$argon2id$anna")
PEOPLE = (
    ANNA,
    DashboardUser("olga", "$argon2id$olga", ((Role.OWNER, ("a.example",)),)),
    DashboardUser("omar", "$argon2id$omar", ((Role.OWNER, ("*",)),)),
    DashboardUser("vera", "$argon2id$vera", ((Role.VIEWER, ("a.example",)),)),
    DashboardUser("victor", "$argon2id$victor", ((Role.VIEWER, ("a.example", "b.example")),)),
    DashboardUser("dora", "$argon2id$dora", ((Role.DPO, ("a.example",)),)),
)


@pytest.fixture
def user() -> dict[str, DashboardUser | None]:
    """Who looks; tests may change it."""
    return {"is": ANNA}


@pytest.fixture
def sessions() -> Sessions:
    """Logins of `PEOPLE`."""
    return Sessions(Records(), PEOPLE, 3600, 3600, lambda: NOW)


@pytest.fixture
def links() -> Links:
    """Shared links; none at first."""
    return Links(Records(), "key", lambda: NOW)


@pytest.fixture
def page(
    fake: FakeStats,
    user: dict[str, DashboardUser | None],
    sessions: Sessions,
    links: Links,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[AppTest]:
    with serving(fake.app()) as url:
        fake.clock = lambda: NOW
        options = DashboardOptions(url, fake.key, PEOPLE, clock=fake.clock)
        state.install(options, sessions, links)
        monkeypatch.setattr(state, "reader", lambda **_: user["is"] and user["is"].reader)
        yield AppTest.from_file(str(SCRIPT), default_timeout=20)
        state.close()

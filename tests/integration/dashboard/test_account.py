"""Logins on the page: one's own, and those of people who see no other sites than an owner's."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Site
from dashboard.login.sessions import Sessions
from dashboard.options import DashboardUser
from dashboard.pages import account
from tests.integration.dashboard.conftest import PEOPLE
from tests.kit.fake_stats import FakeStats
from tests.kit.report_elements import elements, open_page

BY_NAME = {user.name: user for user in PEOPLE}
Who = dict[str, DashboardUser | None]


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(today=date(2026, 11, 23), sites=[Site("a.example", "UTC"), Site("b.example", "UTC")])


@pytest.fixture
def logins(sessions: Sessions) -> dict[str, str]:
    """Everybody is logged in; ids by name."""
    return {user.name: sessions.id_of(sessions.issue(user)) for user in PEOPLE}


def _shown(page: AppTest, title: str) -> list[list[str]]:
    return [line["cells"] for one in elements(page, "table") if one["title"] == title for line in one["lines"]]


def _open(page: AppTest, user: Who, name: str) -> None:
    user["is"] = BY_NAME[name]
    open_page(page, "account")
    page.run()
    assert not page.exception


@pytest.mark.parametrize(
    ("name", "others"),
    [
        ("vera", None),
        ("dora", None),
        ("olga", {"vera", "dora"}),
        ("omar", {"anna", "olga", "vera", "victor", "dora"}),
    ],
)
def test_everybody_sees_their_own_and_owners_those_of_their_sites(
    page: AppTest, user: Who, logins: dict[str, str], name: str, others: set[str] | None
) -> None:
    _open(page, user, name)
    assert len(_shown(page, "Your logins")) == 1
    assert {cells[0] for cells in _shown(page, "Logins of others")} == (others or set())
    assert ("Logins of others" in [one["title"] for one in elements(page, "table")]) == (others is not None)


@pytest.mark.parametrize("victim", sorted(BY_NAME))
@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_whoever_sees_a_login_can_end_it_and_nobody_else(
    page: AppTest, user: Who, logins: dict[str, str], sessions: Sessions, name: str, victim: str
) -> None:
    ends = {"olga": {"olga", "vera", "dora"}, "omar": set(BY_NAME)}.get(name, {name})
    _open(page, user, name)
    account.act({"do": "end", "login": logins[victim]})
    assert (victim not in {one.name for one in sessions.logins()}) == (victim in ends)


def test_who_is_logged_out_ends_nothing(page: AppTest, user: Who, logins: dict[str, str], sessions: Sessions) -> None:
    user["is"] = None
    for action in ({"do": "end", "login": logins["anna"]}, {"do": "end"}, {"do": "end", "login": ["x"]}):
        account.act(action)
    assert len(sessions.logins()) == len(PEOPLE)


def test_it_opens_while_the_stats_api_is_away(
    page: AppTest, fake: FakeStats, user: Who, logins: dict[str, str]
) -> None:
    fake.status = 503
    _open(page, user, "vera")
    assert len(_shown(page, "Your logins")) == 1

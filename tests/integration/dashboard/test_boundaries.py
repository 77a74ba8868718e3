"""Every page of the dashboard from the wrong side: each role and each kind of link, each address, each site."""

from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Site
from dashboard import state
from dashboard.filters import Filter
from dashboard.options import DashboardUser
from dashboard.pages import PAGES
from dashboard.rights import Role
from dashboard.sharing.links import Links
from tests.integration.dashboard.conftest import NOW
from tests.kit.fake_stats import FakeStats
from tests.kit.privacy_facts import privacy_facts
from tests.kit.quality_facts import quality_facts, setup_facts
from tests.kit.report_elements import elements, open_page

TODAY = date(2026, 11, 23)
EVERY = {"", "live", "quality", "setup", "privacy", "links", "print", "account"}
OPENS = {
    "owner": EVERY,
    "viewer": {"", "live", "print", "account"},
    "dpo": {"privacy", "account"},
    "viewer and dpo": {"", "live", "print", "privacy", "account"},
    "link": {"", "live", "print"},
    "locked link": {"", "print"},
    "nobody": set(),
}
"""Which pages open for whom; a page without a line here fails the test."""
ROLES = {
    "owner": (Role.OWNER,),
    "viewer": (Role.VIEWER,),
    "dpo": (Role.DPO,),
    "viewer and dpo": (Role.VIEWER, Role.DPO),
}
Who = dict[str, DashboardUser | None]


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=TODAY,
        sites=[Site("a.example", "UTC"), Site("b.example", "UTC")],
        totals={"visitors": 7, "visits": 8, "pageviews": 9},
        rows={"event:page": [("/", 5)], "visit:source": [("Google", 5)]},
        privacy=privacy_facts(NOW, "a.example"),
        quality=quality_facts(TODAY, "a.example"),
        setup=setup_facts("a.example"),
    )


@pytest.fixture
def look_as(user: Who, links: Links, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def look(who: str) -> None:
        user["is"] = None
        if who in ROLES:
            user["is"] = DashboardUser("x", "hash", tuple((role, ("a.example",)) for role in ROLES[who]))
        elif who != "nobody":
            only = (Filter("is", "visit:source", "Google"),) if who.startswith("locked") else ()
            link = links.find(links.create("a.example", who, "olga", only))
            assert link is not None
            reader = link.reader
            monkeypatch.setattr(state, "reader", lambda **_: reader)
            monkeypatch.setattr(state, "is_shared", lambda: True)

    return look


def test_every_page_has_its_line() -> None:
    assert {page.path for page in PAGES} == EVERY


@pytest.mark.parametrize("path", sorted(EVERY))
@pytest.mark.parametrize("who", OPENS)
def test_a_page_opens_for_those_it_is_for_and_asks_nothing_for_others(
    page: AppTest, fake: FakeStats, look_as: Callable[[str], None], who: str, path: str
) -> None:
    look_as(who)
    open_page(page, path)
    page.query_params["site"] = "b.example"
    page.run()
    assert not page.exception
    refused = [info.value for info in page.info]
    # At "/" everybody gets their first page.
    if path in OPENS[who] or (not path and OPENS[who]):
        assert refused == []
        assert any(elements(page, kind) for kind in ("headline", "table", "now", "bars", "sheet"))
    else:
        assert len(refused) == 1
        assert [elements(page, kind) for kind in ("headline", "table", "now", "bars", "panel", "sheet")] == [[]] * 6
        assert fake.questions == []
    assert {question.site_id for question in fake.questions} <= {"a.example"}
    assert {site for grant in fake.grants for one in grant.granted for site in one.sites} <= {"a.example"}


@pytest.mark.parametrize("who", OPENS)
def test_links_lead_to_what_opens_and_nowhere_else(page: AppTest, look_as: Callable[[str], None], who: str) -> None:
    look_as(who)
    page.run()
    shown = {link["href"].partition("?")[0] for one in elements(page, "navigation") for link in one["links"]}
    # The account is in its menu, the page to print below the report.
    opened = OPENS[who] - {"account", "print"}
    assert shown == (opened if len(opened) > 1 else set())

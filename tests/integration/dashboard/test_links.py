"""Shared links on the page: owners make and end those of their sites; who has one sees what it shows."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Site
from dashboard import state
from dashboard.filters import Filter
from dashboard.options import DashboardUser
from dashboard.pages import links as links_page
from dashboard.sharing.links import Links
from tests.integration.dashboard.conftest import PEOPLE
from tests.kit.fake_stats import FakeStats
from tests.kit.report_elements import element, elements, open_page

BY_NAME = {user.name: user for user in PEOPLE}
GOOGLE = Filter("is", "visit:source", "Google")
Who = dict[str, DashboardUser | None]


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=date(2026, 11, 23),
        sites=[Site("a.example", "UTC"), Site("b.example", "UTC")],
        totals={"visitors": 7, "visits": 8, "pageviews": 9},
        rows={"visit:source": [("Google", 5)], "event:page": [("/", 5)]},
        current=3,
    )


def _open(page: AppTest, user: Who, name: str) -> None:
    user["is"] = BY_NAME[name]
    open_page(page, "links")
    page.run()
    assert not page.exception


def _labels(page: AppTest) -> list[str]:
    return [line["cells"][0] for one in elements(page, "table") for line in one["lines"]]


def _make(page: AppTest, label: str, password: str = "", *, locked: bool = False) -> None:
    page.text_input(key="link label").input(label)
    page.text_input(key="link password").input(password)
    if locked:
        page.checkbox(key="link locked").check()
    page.button[0].click().run()
    assert not page.exception


def test_an_owner_makes_a_link_whose_address_is_shown_once(page: AppTest, user: Who, links: Links) -> None:
    _open(page, user, "olga")
    _make(page, "For the board <b>")
    (link,) = links.all()
    assert (link.site, link.label, link.only, link.created_by) == ("a.example", "For the board <b>", (), "olga")
    address = page.code[0].value
    assert links.find(address.rstrip("/").rpartition("/")[2]) == link
    assert _labels(page) == ["For the board <b>"]
    page.run()
    assert not page.code


def test_a_link_is_locked_to_the_filters_of_the_report(page: AppTest, user: Who, links: Links) -> None:
    page.query_params["f"] = GOOGLE.text
    _open(page, user, "olga")
    assert "Source is Google" in [text.value for text in page.text]
    _make(page, "Locked", locked=True)
    assert links.all()[0].only == (GOOGLE,)


def test_a_filter_is_no_lock_unless_that_is_wanted(page: AppTest, user: Who, links: Links) -> None:
    page.query_params["f"] = GOOGLE.text
    _open(page, user, "olga")
    _make(page, "Open")
    assert links.all()[0].only == ()


@pytest.mark.parametrize(("label", "password"), [("", ""), ("x", "short")])
def test_what_is_not_allowed_is_said(page: AppTest, user: Who, links: Links, label: str, password: str) -> None:
    _open(page, user, "olga")
    _make(page, label, password)
    assert page.warning[0].value == "No link was made."
    assert links.all() == []


@pytest.mark.parametrize("name", ["vera", "victor", "dora", "anna"])
def test_nobody_else_opens_the_page(page: AppTest, user: Who, links: Links, name: str) -> None:
    links.create("a.example", "Board", "olga")
    _open(page, user, name)
    assert page.info[0].value.startswith("Your role does not open this page.")
    assert elements(page, "table") == []


@pytest.mark.parametrize("name", [*BY_NAME, None])
def test_only_owners_of_the_site_make_and_end_its_links(
    page: AppTest, user: Who, links: Links, name: str | None
) -> None:
    links.create("a.example", "of a", "omar")
    links.create("b.example", "of b", "omar")
    user["is"] = BY_NAME[name] if name else None
    owned = {"olga": {"a.example"}, "omar": {"a.example", "b.example"}}.get(name or "", set())
    for link in links.all():
        links_page.act({"do": "end", "link": link.id})
    assert {link.site for link in links.all()} == {"a.example", "b.example"} - owned
    before = len(links.all())
    for site in ("a.example", "b.example"):
        links_page.create(site, ())
    assert len(links.all()) == before  # there is no name in the form


def test_the_list_has_links_of_the_chosen_site(page: AppTest, user: Who, links: Links) -> None:
    for site in ("a.example", "b.example"):
        links.create(site, f"of {site}", "omar")
    page.query_params["site"] = "b.example"
    _open(page, user, "omar")
    assert _labels(page) == ["of b.example"]


class TestWithALink:
    """What whoever has one sees."""

    @pytest.fixture(autouse=True)
    def _link(self, links: Links, monkeypatch: pytest.MonkeyPatch, page: AppTest) -> None:
        token = links.create("a.example", "Board", "olga", (GOOGLE,))
        link = links.find(token)
        assert link is not None
        self.id = link.id

        def reader(**_: object) -> object:
            found = links.find(token)
            return found.reader if found else None

        monkeypatch.setattr(state, "reader", reader)
        monkeypatch.setattr(state, "is_shared", lambda: True)

    def test_every_question_is_locked_and_for_its_site(self, page: AppTest, fake: FakeStats) -> None:
        page.query_params["site"] = "b.example"
        page.query_params["f"] = "is,event:page,/"
        page.run()
        assert not page.exception
        assert {question.site_id for question in fake.questions} == {"a.example"}
        lock = ["is", "visit:source", ["Google"]]
        assert all(grant.only == (lock,) for grant in fake.grants)
        assert all(lock in question.filters for question in fake.questions)
        chips = element(page, "chips")["filters"]
        assert [(chip["value"], chip["locked"]) for chip in chips] == [("Google", True), ("/", False)]

    def test_there_is_no_account_and_no_other_page(self, page: AppTest) -> None:
        page.run()
        assert element(page, "navigation")["links"] == []
        assert "Logged in as Board" not in [text.value for text in page.text]
        for path in ("links", "account", "live", "quality", "setup", "privacy"):
            open_page(page, path)
            page.run()
            assert page.info[0].value.startswith("Your role does not open this page.")
            assert elements(page, "table") == []

    def test_current_visitors_of_the_whole_site_are_not_shown(self, page: AppTest) -> None:
        page.run()
        assert elements(page, "current") == []

    def test_an_open_page_ends_with_its_link(self, page: AppTest, links: Links, fake: FakeStats) -> None:
        page.run()
        links.end(self.id)
        fake.questions.clear()
        page.run()
        assert page.info[0].value == "This link has ended."
        assert fake.questions == []

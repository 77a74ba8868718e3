"""The frame around all pages: who may open which, by links and by addresses, and what travels along."""

from datetime import date

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Site
from dashboard import frame, guard
from dashboard.options import DashboardUser
from dashboard.page import Opened, Page
from dashboard.rights import Right, Role
from tests.kit.fake_stats import FakeStats
from tests.kit.report_elements import element, elements, open_page

A, B = Site("a.example", "Europe/Berlin"), Site("b.example", "America/New_York")
Who = dict[str, DashboardUser | None]


def _show(opened: Opened) -> None:
    st.text(f"{opened.site.id} of {', '.join(site.id for site in opened.sites)}")


PAGES = (
    Page("", "Report", Right.NUMBERS, _show, has_period=True),
    Page("quality", "Quality", Right.QUALITY, _show),
    Page("privacy", "Privacy", Right.PRIVACY, _show, has_site=False),
)


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(today=date(2026, 11, 23), sites=[A, B])


@pytest.fixture(autouse=True)
def _pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(frame, "PAGES", PAGES)


def _user(*roles: tuple[Role, tuple[str, ...]]) -> DashboardUser:
    return DashboardUser("ben", "hash", roles)


def _links(page: AppTest) -> list[str]:
    return [link["title"] for found in elements(page, "navigation") for link in found["links"]]


def _texts(page: AppTest) -> list[str]:
    return [text.value for text in page.text]


@pytest.mark.parametrize(
    ("role", "links"),
    [(Role.OWNER, ["Report", "Quality", "Privacy"]), (Role.VIEWER, []), (Role.DPO, [])],
)
def test_links_lead_to_what_the_role_opens(page: AppTest, user: Who, role: Role, links: list[str]) -> None:
    user["is"] = _user((role, ("*",)))
    page.run()
    assert not page.exception
    assert _links(page) == links


@pytest.mark.parametrize("path", ["", "quality", "privacy"])
@pytest.mark.parametrize("role", Role)
def test_an_address_opens_what_the_role_opens_and_nothing_else(
    page: AppTest, fake: FakeStats, user: Who, role: Role, path: str
) -> None:
    user["is"] = _user((role, ("a.example",)))
    opens = {Role.OWNER: {"", "quality", "privacy"}, Role.VIEWER: {""}, Role.DPO: {"privacy"}}[role]
    open_page(page, path)
    page.run()
    assert not page.exception
    # At "/" everybody gets their first page.
    if path in opens or not path:
        assert "a.example of a.example" in _texts(page)
    else:
        assert "a.example of a.example" not in _texts(page)
        assert page.info[0].value.startswith("Your role does not open this page.")


def test_the_current_page_is_marked(page: AppTest, user: Who) -> None:
    user["is"] = _user((Role.OWNER, ("*",)))
    open_page(page, "quality")
    page.run()
    links = element(page, "navigation")["links"]
    assert [link["title"] for link in links if link["current"]] == ["Quality"]


def test_site_period_and_filters_travel_along(page: AppTest, user: Who) -> None:
    user["is"] = _user((Role.OWNER, ("*",)))
    page.query_params["site"] = "b.example"
    page.query_params["period"] = "Last 7 days"
    page.query_params["f"] = ["is,visit:source,A&B", "is,event:page,/"]
    page.query_params["other"] = "x"
    page.run()
    link = element(page, "navigation")["links"][1]
    assert link["href"] == (
        "quality?site=b.example&period=Last+7+days&f=is%2Cvisit%3Asource%2CA%26B&f=is%2Cevent%3Apage%2C%2F"
    )


def test_the_way_back_leads_to_the_period_that_was_left(page: AppTest, user: Who) -> None:
    user["is"] = _user((Role.OWNER, ("*",)))
    page.query_params["site"] = "b.example"
    page.query_params["period"] = "Last 7 days"
    page.run()
    for path, site in (("quality", "a.example"), ("privacy", "")):
        open_page(page, path)
        page.query_params.clear()
        if site:
            page.query_params["site"] = site
        page.run()
    links = element(page, "navigation")["links"]
    assert [link["href"] for link in links][:2] == [
        "?period=Last+7+days&site=a.example",
        "quality?period=Last+7+days&site=a.example",
    ]


def test_a_page_lists_the_sites_for_which_the_role_opens_it(page: AppTest, user: Who) -> None:
    user["is"] = _user((Role.OWNER, ("a.example",)), (Role.VIEWER, ("b.example",)))
    page.run()
    assert "a.example of a.example, b.example" in _texts(page)
    page.query_params["site"] = "b.example"
    open_page(page, "quality")
    page.run()
    assert "a.example of a.example" in _texts(page)


def test_a_fragment_of_a_page_left_open_loses_what_its_reader_loses(
    page: AppTest, user: Who, monkeypatch: pytest.MonkeyPatch
) -> None:
    def show(opened: Opened) -> None:
        if guard.may_see(Right.NUMBERS, opened.site.id):
            st.text("seen")
        user["is"] = None if opened.reader.name == "anna" else _user((Role.DPO, ("*",)))
        if guard.may_see(Right.NUMBERS, opened.site.id):
            st.text("seen")

    monkeypatch.setattr(frame, "PAGES", (Page("", "Report", Right.NUMBERS, show),))
    page.run()
    assert _texts(page).count("seen") == 0
    assert [info.value for info in page.info] == ["Your login has ended."]
    user["is"] = _user((Role.VIEWER, ("*",)))
    page.run()
    assert _texts(page).count("seen") == 1
    assert page.info[0].value.startswith("Your role does not open this page.")

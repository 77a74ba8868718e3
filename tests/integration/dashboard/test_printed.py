"""The printed report asks for several lists at a time and draws them in their order."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import Site
from tests.kit.fake_stats import FakeStats
from tests.kit.report_elements import elements, open_page

LISTS = ("visit:source", "event:page", "visit:country", "visit:browser", "visit:utm_campaign")


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=date(2026, 11, 23),
        sites=[Site("a.example", "Europe/Berlin")],
        rows={dimension: [("one", 9)] for dimension in LISTS},
    )


def _titles(page: AppTest) -> list[str]:
    return [part["title"] for part in elements(page, "sheet") if part["part"] == "lists"]


def test_lists_are_asked_for_side_by_side_and_stand_in_the_order_of_the_report(page: AppTest, fake: FakeStats) -> None:
    fake.seconds = dict.fromkeys(LISTS, 0.2) | {"visit:source": 0.6}  # the first is there last
    open_page(page, "print")
    page.run()
    assert _titles(page) == ["Sources", "Pages", "Places", "Devices", "Campaigns"]
    assert 3 <= fake.most_waiting <= 5


def test_a_stats_api_that_is_away_is_said_once(page: AppTest, fake: FakeStats) -> None:
    fake.status = 503
    open_page(page, "print")
    page.run()
    assert [warning.value for warning in page.warning] == [
        "The numbers cannot be read just now. This page keeps trying."
    ]
    assert _titles(page) == []

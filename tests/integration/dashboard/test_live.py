"""The live page: current visitors, the last 30 minutes, and what the day has seen most."""

from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from appliance.stats.contract import DamagedDay, Hidden, Site
from dashboard import definitions
from dashboard.options import DashboardUser
from tests.integration.dashboard.conftest import PEOPLE
from tests.kit.fake_stats import FakeStats
from tests.kit.report_elements import element, elements, open_page

BY_NAME = {user.name: user for user in PEOPLE}
HOSTILE = "<img src=x onerror=alert(1)>"
Who = dict[str, DashboardUser | None]


@pytest.fixture
def fake() -> FakeStats:
    return FakeStats(
        today=date(2026, 11, 23),
        sites=[Site("a.example", "Europe/Berlin")],
        rows={"event:page": [("/", 1234), (HOSTILE, 4)], "visit:source": [("Google", 5)]},
        current=3,
        minutes=[None] * 20 + [2] * 9 + [3],
    )


@pytest.fixture(autouse=True)
def _live(page: AppTest, user: Who) -> None:
    user["is"] = BY_NAME["vera"]
    open_page(page, "live")


def test_current_visitors_and_the_last_minutes_are_shown(page: AppTest) -> None:
    page.run()
    assert not page.exception
    assert element(page, "now")["number"] == "3"
    bars = element(page, "bars")
    assert [bar["values"] for bar in bars["bars"]] == [[0]] * 20 + [[2]] * 9 + [[3]]
    assert bars["bars"][-1]["long"] == "This minute"
    assert len(bars["notes"]) == 1


def test_the_day_s_pages_and_sources_are_listed_as_text(page: AppTest) -> None:
    page.run()
    lines = {one["title"]: [line["cells"] for line in one["lines"]] for one in elements(page, "table")}
    assert lines == {"Pages today": [["/", "1,234"], [HOSTILE, "4"]], "Sources today": [["Google", "5"]]}


def test_rows_that_are_no_single_value_say_what_they_are(page: AppTest, fake: FakeStats) -> None:
    fake.rows["event:page"] = [("/", 9), ("(other)", None)]
    fake.rows["visit:source"] = [("(not set)", 5), ("(other)", 0)]
    fake.lower_bounds = ["(other)", "(not set)"]
    fake.hidden = Hidden(2, 5)
    page.run()
    pages, sources = elements(page, "table")
    assert [line["cells"] for line in pages["lines"]] == [["/", "9"]]
    assert pages["notes"] == ["2 more with fewer than 5 visitors: not shown."]
    assert [line["cells"] for line in sources["lines"]] == [["(not set)", "≥ 5"]]
    assert sources["lines"][0]["help"] == definitions.FIGURES["(not set)"]
    assert sources["notes"][0] == definitions.AT_LEAST_IN_ROW


def test_numbers_that_are_late_or_damaged_are_said_to_be_so(page: AppTest, fake: FakeStats) -> None:
    fake.data_as_of = "2026-11-23T00:00:00+00:00"
    fake.damaged_days = [DamagedDay("2026-11-23", "Redis lost its data on 2026-11-23: numbers are too low")]
    page.run()
    for shown in elements(page, "table"):
        late, damaged = shown["notes"]
        assert "behind" in late
        assert damaged.startswith("Redis lost its data on Mon 23 Nov 2026")


def test_nothing_is_said_once(page: AppTest, fake: FakeStats) -> None:
    fake.rows = {}
    page.run()
    assert [(shown["lines"], shown["empty"], shown["notes"]) for shown in elements(page, "table")] == [
        ([], "Nothing to list yet.", [])
    ] * 2


def test_one_visitor_is_one(page: AppTest, fake: FakeStats) -> None:
    fake.current = 1
    page.run()
    assert element(page, "now")["label"] == "visitor in the last five minutes"


def test_officers_do_not_see_it(page: AppTest, user: Who, fake: FakeStats) -> None:
    user["is"] = BY_NAME["dora"]
    page.run()
    assert page.info[0].value.startswith("Your role does not open this page.")
    assert elements(page, "now") == []
    assert fake.questions == []


def test_an_api_that_is_away_is_said(page: AppTest, fake: FakeStats) -> None:
    page.run()
    fake.status = 503
    page.run()
    assert not page.exception
    assert page.warning


def test_every_number_has_a_definition(page: AppTest) -> None:
    page.run()
    assert element(page, "now")["help"].startswith("Different visitors with a hit in the last five minutes.")
    assert element(page, "bars")["help"]
    heads = [column for shown in elements(page, "table") for column in shown["columns"]]
    assert len(heads) == 4
    assert [column["label"] for column in heads if not column["help"]] == []

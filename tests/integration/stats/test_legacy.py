"""Plausible's older API (v1) over real counters: the numbers of v2 in the old shape."""

from typing import Any

import pytest

from appliance.stats.contract import OTHER
from tests.integration.stats.conftest import DAY_NUMBER, Stats
from tests.integration.stats.test_query import visit


@pytest.fixture
def told(stats: Stats) -> Stats:
    """The day of every question is 2026-11-23, with 15 visitors; 13 came the day before."""
    for day, number, source in ((0, 9, "Google"), (0, 6, "new.example"), (1, 6, "Google"), (1, 7, "old.example")):
        for nth in range(number):
            visit(stats, *("/", "/blog/a")[: 1 + nth % 2], day=DAY_NUMBER - day, source=source)
    return stats


def results(stats: Stats, path: str, **parameters: str) -> Any:
    answer = stats.get(path, **parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"]


def test_aggregate_has_the_numbers_of_the_period_and_their_change(told: Stats) -> None:
    asked = {"period": "day", "metrics": "visitors,bounce_rate"}
    assert results(told, "aggregate", **asked) == {"visitors": {"value": 15}, "bounce_rate": {"value": 53}}
    assert results(told, "aggregate", **asked, compare="previous_period") == {
        "visitors": {"value": 15, "change": 15},
        "bounce_rate": {"value": 53, "change": -1},
    }
    assert results(told, "aggregate", period="day", date="2026-11-22") == {"visitors": {"value": 13}}
    assert results(told, "aggregate", filters="visit:source==Google|old.example") == {"visitors": {"value": 22}}
    assert results(told, "aggregate", filters="event:page==/bl*") == {"visitors": {"value": 13}}


def test_series_has_every_day_of_the_period(told: Stats) -> None:
    found = results(told, "timeseries", period="7d", metrics="visitors,bounce_rate")
    assert [row["date"] for row in found] == [f"2026-11-{day}" for day in range(17, 24)]
    assert found[0] == {"date": "2026-11-17", "visitors": 0, "bounce_rate": None}
    assert found[-1] == {"date": "2026-11-23", "visitors": 15, "bounce_rate": 53}
    assert "time_labels" not in told.get("timeseries", period="7d").json()["meta"]


def test_series_of_a_day_has_its_hours_and_of_a_filter_nulls_for_what_may_be_hidden(told: Stats) -> None:
    hours = results(told, "timeseries", period="day")
    assert len(hours) == 24
    assert hours[9] == {"date": "2026-11-23 09:00:00", "visitors": 15}
    filtered = results(told, "timeseries", period="7d", filters="visit:source==new.example")
    assert [row["visitors"] for row in filtered] == [None] * 6 + [6]
    months = results(told, "timeseries", period="6mo")
    assert (len(months), months[-1]) == (6, {"date": "2026-11-01", "visitors": 28})


def test_breakdown_names_its_column_as_the_property_and_gives_it_page_by_page(told: Stats) -> None:
    asked = {"property": "visit:source", "metrics": "visitors,pageviews", "period": "7d"}
    rows = [
        {"source": "Google", "visitors": 15, "pageviews": 22},
        {"source": "old.example", "visitors": 7, "pageviews": 10},
        {"source": "new.example", "visitors": 6, "pageviews": 9},
    ]
    assert results(told, "breakdown", **asked) == rows
    assert results(told, "breakdown", **asked, limit="2", page="1") == rows[:2]
    assert results(told, "breakdown", **asked, limit="2", page="2") == rows[2:]
    assert results(told, "breakdown", **asked, filters="visit:source!=Google") == rows[1:]
    visit(told, "/", source="few.example")
    last = results(told, "breakdown", **asked | {"period": "day"})[-1]
    assert last["source"] == OTHER


def test_property_of_events_is_named_by_its_key(stats: Stats) -> None:
    for _ in range(5):
        visit(stats, "/", props=(("plan", "pro"),))
    assert results(stats, "breakdown", property="event:props:plan") == [{"plan": "pro", "visitors": 5}]


@pytest.mark.parametrize(
    ("path", "parameters", "words"),
    [
        ("aggregate", {"metrics": "money"}, "money"),
        ("aggregate", {"filters": "visit:shoe==42"}, "visit:shoe"),
        ("aggregate", {"period": "never"}, "never"),
        ("timeseries", {"interval": "hour", "filters": "visit:source==Google"}, "time:hour"),
        ("breakdown", {"property": "visit:shoe"}, "visit:shoe"),
        ("breakdown", {"property": "visit:source", "filters": "event:page==/;visit:country==DE"}, "more than two"),
    ],
)
def test_bad_question_is_refused_as_in_v2(stats: Stats, path: str, parameters: dict[str, str], words: str) -> None:
    answer = stats.get(path, **parameters)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_tables_of_every_report_hold_no_formula(stats: Stats) -> None:
    for _ in range(7):
        visit(stats, "/", source="=cmd|calc")

    def table(path: str, **parameters: str) -> str:
        days = {} if "date_range" in parameters else {"period": "day"}
        answer = stats.get(path, accept="text/csv", **days, **parameters)
        assert answer.headers["content-type"].startswith("text/csv")
        assert "data_as_of" in answer.headers["x-answer-meta"]
        return str(answer.text)

    assert table("breakdown", property="visit:source") == "source,visitors\r\n'=cmd|calc,7\r\n"
    assert table("aggregate", compare="previous_period") == "metric,value,change\r\nvisitors,7,100\r\n"
    assert table("transitions", date_range="day").splitlines() == ["previous,page,visitors,visits,pageviews"]
    assert table("funnels", date_range="day").splitlines()[1].startswith("Buy,Visit /shop*,0,")
    assert table("timeseries").splitlines()[10] == "2026-11-23 09:00:00,7"

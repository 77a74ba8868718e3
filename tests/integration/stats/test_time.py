"""Answers by hour, day, week and month, and of ranges of hours."""

from datetime import date
from typing import Any

import pytest

from tests.integration.stats.conftest import DAY_NUMBER, Stats
from tests.integration.stats.test_query import ALL, visit

# The day of every question is Monday, 2026-11-23.
MONTHS = ["2026-10-01", "2026-11-23"]


@pytest.fixture
def told(stats: Stats) -> Stats:
    """Six visitors on each of some days; three of them look at a second page."""
    for day in (date(2026, 10, 15), date(2026, 10, 31), date(2026, 11, 1), date(2026, 11, 2), date(2026, 11, 22)):
        for number in range(6):
            paths = ("/", "/blog/a") if number < 3 else ("/",)
            visit(stats, *paths, day=(day - date(1970, 1, 1)).days, source="Google", hour=number)
    return stats


def test_weeks_begin_on_monday_and_months_on_the_first(told: Stats) -> None:
    weeks = told.ask(date_range=MONTHS, dimensions=["time:week"], include={"time_labels": True}).json()
    assert {row["dimensions"][0]: row["metrics"][0] for row in weeks["results"]} == {
        "2026-10-12": 6,
        "2026-10-26": 12,
        "2026-11-02": 6,
        "2026-11-16": 6,
    }
    assert weeks["meta"]["time_labels"][:3] == ["2026-10-01", "2026-10-05", "2026-10-12"]
    assert weeks["meta"]["visitors"] == "daily_sum"
    months = told.ask(date_range="6mo", dimensions=["time:month"], include={"time_labels": True}).json()
    assert [row["dimensions"] for row in months["results"]] == [["2026-10-01"], ["2026-11-01"]]
    assert [row["metrics"] for row in months["results"]] == [[12], [18]]
    assert months["meta"]["time_labels"] == [f"2026-{month:02d}-01" for month in range(6, 12)]


@pytest.mark.parametrize("closed", [False, True])
@pytest.mark.parametrize("time", ["time:week", "time:month"])
@pytest.mark.parametrize(
    "question",
    [
        {"dimensions": [], "metrics": ALL},
        {"dimensions": ["event:page"], "metrics": ["visitors", "bounce_rate", "visit_duration", "percentage"]},
        {"dimensions": ["visit:source", "visit:country"], "metrics": ["visits", "pageviews", "percentage"]},
        {"dimensions": ["visit:country"], "metrics": ["visits"], "filters": [["is", "visit:source", ["Google"]]]},
    ],
)
def test_each_week_and_month_is_the_answer_of_its_days(
    told: Stats, question: dict[str, Any], time: str, closed: bool
) -> None:
    if closed:
        for day in (date(2026, 10, 15), date(2026, 10, 31), date(2026, 11, 1)):
            told.close_day(day)
    parts = {
        "time:week": {"2026-10-31": ["2026-10-31", "2026-11-01"], "2026-11-02": ["2026-11-02", "2026-11-08"]},
        "time:month": {"2026-10-01": ["2026-10-31", "2026-10-31"], "2026-11-01": ["2026-11-01", "2026-11-08"]},
    }[time]
    whole = ["2026-10-31", "2026-11-08"]
    found = told.rows(**question | {"date_range": whole, "dimensions": [time, *question["dimensions"]]})
    alone = {label: told.rows(**question | {"date_range": part}) for label, part in parts.items()}
    expected = {(label, *values): row for label, rows in alone.items() for values, row in rows.items()}
    assert found
    assert found == expected


def test_time_fits_the_range(told: Stats) -> None:
    one_day = told.rows(date_range=["2026-11-22", "2026-11-22"], dimensions=["time"])
    assert ("2026-11-22 00:00:00",) in one_day
    assert list(told.rows(date_range="28d", dimensions=["time"])) == [
        ("2026-10-31",),
        ("2026-11-01",),
        ("2026-11-02",),
        ("2026-11-22",),
    ]
    assert list(told.rows(date_range="12mo", dimensions=["time"])) == [("2026-10-01",), ("2026-11-01",)]
    by_source = told.rows(date_range=["2026-11-22", "2026-11-22"], dimensions=["time", "visit:source"])
    assert by_source == {("2026-11-22", "Google"): [6]}


def test_rows_are_ordered_by_time_on_request(told: Stats) -> None:
    found = told.rows(date_range=MONTHS, dimensions=["time:month"], order_by=[["time:month", "desc"]])
    assert list(found) == [("2026-11-01",), ("2026-10-01",)]


def test_hours_of_two_days(told: Stats) -> None:
    visit(told, "/", hour=3, day=DAY_NUMBER)
    moments = ["2026-11-22T04:00:00+00:00", "2026-11-23T03:59:59+00:00"]
    asked = {"date_range": moments, "dimensions": ["time:hour"]}
    assert told.rows(**asked) == {
        ("2026-11-22 04:00:00",): [1],
        ("2026-11-22 05:00:00",): [1],
        ("2026-11-23 03:00:00",): [1],
    }
    answer = told.ask(date_range=moments, metrics=["visitors", "visits", "pageviews"]).json()
    assert answer["results"] == [{"dimensions": [], "metrics": [3, 3, 3]}]
    assert answer["meta"]["visitors"] == "hourly_sum"
    assert answer["query"]["date_range"] == moments
    labels = told.ask(**asked, include={"time_labels": True}).json()["meta"]["time_labels"]
    assert (labels[0], labels[-1], len(labels)) == ("2026-11-22 04:00:00", "2026-11-23 03:00:00", 24)


def test_24h_ends_with_this_hour(told: Stats) -> None:
    visit(told, "/", hour=11, day=DAY_NUMBER)
    answer = told.ask(date_range="24h", dimensions=["time"]).json()
    assert [row["dimensions"] for row in answer["results"]] == [["2026-11-23 11:00:00"]]
    assert answer["query"]["date_range"] == ["2026-11-22T13:00:00+00:00", "2026-11-23T12:59:59+00:00"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"date_range": "24h", "dimensions": ["visit:source"]}, "hours are counted for totals only"),
        ({"date_range": "24h", "dimensions": ["time:day"]}, "needs whole days"),
        ({"date_range": ["2026-11-22T04:30:00Z", "2026-11-22T05:59:59Z"]}, "whole hours"),
        ({"include": {"time_labels": True}}, "needs a time dimension"),
        ({"date_range": ["2000-01-01", "2099-01-01"], "dimensions": ["time:month", "visit:source"]}, "60 months"),
    ],
)
def test_time_that_no_counter_has_is_refused(stats: Stats, changes: dict[str, Any], words: str) -> None:
    response = stats.ask(**changes)
    assert response.status_code == 400
    assert words in response.json()["error"]

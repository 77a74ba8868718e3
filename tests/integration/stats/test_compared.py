"""Answers beside those of another range, and as CSV."""

import json
from datetime import date
from typing import Any

import pytest

from appliance.stats.contract import OTHER
from tests.integration.stats.conftest import DAY_NUMBER, Stats
from tests.integration.stats.test_query import visit

# The day of every question is 2026-11-23.
BEFORE = {"comparisons": {"mode": "previous_period"}}


@pytest.fixture
def told(stats: Stats) -> Stats:
    for day, number, source in ((0, 9, "Google"), (0, 6, "new.example"), (1, 6, "Google"), (1, 7, "old.example")):
        for _ in range(number):
            visit(stats, "/", day=DAY_NUMBER - day, source=source)
    return stats


def test_totals_stand_beside_those_of_the_day_before(told: Stats) -> None:
    answer = told.ask(metrics=["visitors", "bounce_rate"], include=BEFORE | {"imports": True}).json()
    beside = {"dimensions": [], "metrics": [13, 100], "change": [15, 0]}
    assert answer["results"] == [{"dimensions": [], "metrics": [15, 100], "comparison": beside}]
    assert answer["meta"]["comparison"] == {"date_range": ["2026-11-22", "2026-11-22"]}
    assert answer["meta"]["imports_included"] is False
    assert "comparison" not in told.ask().json()["results"][0]


def test_value_that_was_not_shown_before_is_unknown_not_zero(told: Stats) -> None:
    rows = told.ask(dimensions=["visit:source"], include=BEFORE).json()["results"]
    found = {row["dimensions"][0]: row["comparison"] for row in rows if row["dimensions"] != [OTHER]}
    assert found == {
        "Google": {"dimensions": ["Google"], "metrics": [6], "change": [50]},
        "new.example": {"dimensions": ["new.example"], "metrics": [None], "change": [None]},
    }


def test_time_stands_beside_the_same_place_of_the_other_range(told: Stats) -> None:
    asked: dict[str, Any] = {"date_range": ["2026-11-22", "2026-11-23"], "dimensions": ["time:day"]}
    other = {"mode": "custom", "date_range": ["2026-11-21", "2026-11-22"]}
    rows = told.ask(**asked, include={"comparisons": other}).json()["results"]
    assert [row["comparison"] for row in rows] == [
        {"dimensions": ["2026-11-21"], "metrics": [0], "change": [100]},
        {"dimensions": ["2026-11-22"], "metrics": [13], "change": [15]},
    ]
    asked["dimensions"] = ["time:day", "visit:source"]
    rows = told.ask(**asked, include={"comparisons": other}).json()["results"]
    found = {tuple(row["dimensions"]): row["comparison"] for row in rows}
    assert found["2026-11-23", "Google"] == {"dimensions": ["2026-11-22", "Google"], "metrics": [6], "change": [50]}
    assert found["2026-11-22", "Google"]["metrics"] == [None]


def test_hours_stand_beside_the_hour_of_the_day_before(told: Stats) -> None:
    (row,) = told.ask(dimensions=["time"], include=BEFORE).json()["results"]
    assert row["dimensions"] == ["2026-11-23 09:00:00"]
    assert row["comparison"] == {"dimensions": ["2026-11-22 09:00:00"], "metrics": [13], "change": [15]}


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"include": {"comparisons": {"mode": "year"}}}, "is not one of previous_period"),
        ({"include": {"comparisons": {"mode": "custom"}}}, "date_range belongs"),
        ({"include": {"comparisons": {}}}, "mode"),
        ({"include": {"comparisons": {"mode": "custom", "days": 3}}}, "comparisons has no key"),
        ({"include": BEFORE, "date_range": "24h"}, "whole days are compared"),
    ],
)
def test_comparison_that_is_none_is_refused(stats: Stats, changes: dict[str, Any], words: str) -> None:
    response = stats.ask(**changes)
    assert response.status_code == 400
    assert words in response.json()["error"]


def test_csv_is_given_to_who_asks_for_it(told: Stats) -> None:
    for _ in range(7):
        visit(told, "/", source="=cmd|calc")
    question = {"site_id": "example.org", "metrics": ["visitors", "bounce_rate"], "dimensions": ["visit:source"]}
    headers = {"Authorization": "Bearer k1", "Accept": "text/csv"}
    response = told.client.post("/api/v2/query", json=question | {"date_range": "day"}, headers=headers)
    assert response.headers["content-type"].startswith("text/csv")
    assert response.content == (
        b"visit:source,visitors,bounce_rate (percent)\r\nGoogle,9,100\r\n'=cmd|calc,7,100\r\nnew.example,6,100\r\n"
    )
    assert json.loads(response.headers["x-answer-meta"])["visitors"] == "exact"
    refused = told.client.post("/api/v2/query", json=question | {"date_range": "1d"}, headers=headers)
    assert (refused.status_code, refused.headers["content-type"]) == (400, "application/json")


def test_year_before_is_asked_for(told: Stats) -> None:
    visit(told, "/", day=(date(2025, 11, 24) - date(1970, 1, 1)).days)
    include = {"comparisons": {"mode": "year_over_year", "match_day_of_week": True}}
    answer = told.ask(include=include).json()
    assert answer["meta"]["comparison"]["date_range"] == ["2025-11-24", "2025-11-24"]
    assert answer["results"][0]["comparison"]["metrics"] == [1]

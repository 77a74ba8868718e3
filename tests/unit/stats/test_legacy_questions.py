"""Questions of Plausible's v1 API, as questions of v2."""

import contextlib
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import QueryError
from appliance.stats.contract import Comparisons, Pagination
from appliance.stats.legacy_questions import (
    aggregate_question,
    breakdown_question,
    read_filter_text,
    timeseries_question,
)
from appliance.stats.plan import make_plan

READERS = {"aggregate": aggregate_question, "timeseries": timeseries_question, "breakdown": breakdown_question}


def read(route: str, **parameters: str) -> Any:
    return READERS[route]({"site_id": "example.org", **parameters}.items())


def test_what_is_left_out_is_the_visitors_of_30_days() -> None:
    question = read("aggregate")
    assert (question.metrics, question.date_range, question.dimensions) == (["visitors"], "30d", [])
    assert question.include.comparisons is None
    assert read("breakdown", property="visit:source").pagination == Pagination(100, 0)


def test_metrics_comparison_and_pages() -> None:
    asked = read("aggregate", metrics="visitors, bounce_rate", compare="previous_period")
    assert asked.metrics == ["visitors", "bounce_rate"]
    assert asked.include.comparisons == Comparisons("previous_period")
    paged = read("breakdown", property="event:page", limit="20", page="3")
    assert (paged.dimensions, paged.pagination) == (["event:page"], Pagination(20, 40))


@pytest.mark.parametrize(
    ("period", "date", "expected"),
    [
        ("day", "", "day"),
        ("all", "", "all"),
        ("day", "2026-11-05", ["2026-11-05", "2026-11-05"]),
        ("7d", "2026-11-05", ["2026-10-30", "2026-11-05"]),
        ("30d", "2026-03-01", ["2026-01-31", "2026-03-01"]),
        ("month", "2026-02-10", ["2026-02-01", "2026-02-28"]),
        ("6mo", "2026-02-10", ["2025-09-01", "2026-02-28"]),
        ("12mo", "2024-02-10", ["2023-03-01", "2024-02-29"]),
        ("year", "2026-02-10", ["2026-01-01", "2026-12-31"]),
        ("custom", "2026-01-01,2026-01-31", ["2026-01-01", "2026-01-31"]),
    ],
)
def test_period_ends_with_its_date(period: str, date: str, expected: str | list[str]) -> None:
    assert read("aggregate", period=period, date=date).date_range == expected


@pytest.mark.parametrize(
    ("parameters", "time"),
    [
        ({"period": "day"}, "time"),
        ({"period": "7d"}, "time:day"),
        ({}, "time:day"),
        ({"period": "custom", "date": "2026-01-01,2026-01-31"}, "time:day"),
        ({"period": "12mo"}, "time:month"),
        ({"period": "12mo", "interval": "date"}, "time:day"),
        ({"period": "month", "interval": "week"}, "time:week"),
        ({"period": "day", "interval": "hour"}, "time:hour"),
    ],
)
def test_series_has_the_interval_of_its_period_or_the_one_asked_for(parameters: dict[str, str], time: str) -> None:
    assert read("timeseries", **parameters).dimensions == [time]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        (";", []),
        ("visit:browser==Firefox", [["is", "visit:browser", ["Firefox"]]]),
        ("visit:source!=Google", [["is_not", "visit:source", ["Google"]]]),
        ("visit:source==Google|Bing", [["is", "visit:source", ["Google", "Bing"]]]),
        ("event:page~/blog|/news", [["contains", "event:page", ["/blog", "/news"]]]),
        ("event:page!~/blog", [["contains_not", "event:page", ["/blog"]]]),
        (
            "visit:source==Google; visit:country!=DE",
            [["is", "visit:source", ["Google"]], ["is_not", "visit:country", ["DE"]]],
        ),
        (
            r"event:props:plan==a\|b|c\;d;event:page==/",
            [["is", "event:props:plan", ["a|b", "c;d"]], ["is", "event:page", ["/"]]],
        ),
        ("event:page==/blog/**", [["matches", "event:page", ["^/blog/.*$"]]]),
        ("event:page!=/a.b/*|/c", [["matches_not", "event:page", [r"^/a\.b/.*$", "^/c$"]]]),
        ("event:goal==Buy *", [["is", "event:goal", ["Buy *"]]]),
        ("event:props:size==a=b", [["is", "event:props:size", ["a=b"]]]),
    ],
)
def test_filters(text: str, expected: list[Any]) -> None:
    assert read_filter_text(text) == expected


@pytest.mark.parametrize(
    ("route", "parameters", "words"),
    [
        ("aggregate", {"period": "fortnight"}, '"fortnight" is not one of day'),
        ("aggregate", {"period": "custom"}, "first and the last day"),
        ("aggregate", {"period": "all", "date": "2026-01-01"}, "without a date"),
        ("aggregate", {"period": "7d", "date": "yesterday"}, '"yesterday" is not a whole day'),
        ("aggregate", {"compare": "last_year"}, "previous_period"),
        ("aggregate", {"filter": "visit:source==x"}, 'no parameter "filter"'),
        ("aggregate", {"interval": "date"}, 'no parameter "interval"'),
        ("aggregate", {"filters": "visit:source"}, "visit:source==Google"),
        ("timeseries", {"interval": "minute"}, '"minute" is not one of hour'),
        ("breakdown", {}, "property is needed"),
        ("breakdown", {"property": "visit:source", "limit": "1001"}, "limit must be a number from 1 to 1000"),
        ("breakdown", {"property": "visit:source", "limit": "0"}, "limit must be"),
        ("breakdown", {"property": "visit:source", "page": "-1"}, "page must be"),
        ("breakdown", {"property": "visit:source", "page": "1e3"}, "page must be"),
    ],
)
def test_what_v1_does_not_have_is_refused_with_what_it_has(route: str, parameters: dict[str, str], words: str) -> None:
    with pytest.raises(QueryError, match=re.escape(words)):
        read(route, **parameters)


def test_parameter_that_stands_there_twice_is_refused() -> None:
    with pytest.raises(QueryError, match="period must be given once"):
        aggregate_question([("site_id", "a"), ("period", "7d"), ("period", "day")])


@given(st.text(), st.sampled_from(["filters", "period", "date", "metrics", "property", "limit", "page"]))
def test_any_text_is_a_question_or_refused(text: str, name: str) -> None:
    with contextlib.suppress(QueryError):
        make_plan(read("breakdown", **{"property": "visit:source"} | {name: text}))

"""What docs/metrics.md promises, asked of the running API: each metric, attribute, operator, range and option."""

from itertools import combinations
from typing import Any

import pytest

from appliance.stats.contract import ATTRIBUTES, MAX_LIMIT, PLACE_NAMES, Metric
from tests.integration.stats.conftest import DAY_NUMBER, Stats
from tests.integration.stats.test_query import visit
from tests.unit.stats.test_questions_table import is_promised

NAMES = [name.replace("<key>", "plan") for name in ATTRIBUTES]
STORED = [name for name in NAMES if name not in PLACE_NAMES]


def split(dimensions: list[str], filtered: list[str]) -> tuple[list[str], list[str]]:
    """Metrics that the page promises for a question, and those that it says are refused."""
    promised = [metric for metric in Metric if is_promised(metric, dimensions, filtered)]
    return [*promised], [metric for metric in Metric if metric not in promised]


def asked(dimensions: list[str], filtered: list[str]) -> dict[str, Any]:
    return {"dimensions": dimensions, "filters": [["is", name, ["EUR"]] for name in filtered]}


@pytest.mark.parametrize("name", NAMES)
def test_each_attribute_answers_the_metrics_it_has_and_refuses_the_others(stats: Stats, name: str) -> None:
    for shape in (([name], []), ([], [name]), ([name], [name]), (["time:day", name], [])):
        has, has_not = split(*shape) if shape[0][:1] != ["time:day"] else split([name], [])
        answer = stats.ask(metrics=has, **asked(*shape))
        assert answer.status_code == 200, (shape, answer.text)
        for metric in has_not:
            refused = stats.ask(metrics=[metric], **asked(*shape))
            assert refused.status_code == 400, (shape, metric)
            assert metric in refused.json()["error"]


@pytest.mark.parametrize("one", STORED)
def test_each_pair_answers_the_metrics_it_has(stats: Stats, one: str) -> None:
    for other in STORED[: STORED.index(one)]:
        has, _ = split([one, other], [])
        answer = stats.ask(metrics=has or ["visitors"], **asked([one, other], []))
        assert answer.status_code == (200 if has else 400), (one, other, answer.text)


def test_totals_answer_the_metrics_they_have(stats: Stats) -> None:
    for time in ([], ["time:hour"], ["time:day"], ["time:week"], ["time:month"], ["time"]):
        has, has_not = split([], [])
        assert stats.ask(metrics=has, dimensions=time).status_code == 200
        assert {stats.ask(metrics=[name], dimensions=time).status_code for name in has_not} == {400}


SOURCES = ("Google", "google ads", "Bing", "example.com")
FITS: list[tuple[str, list[str], bool, set[str]]] = [
    ("is", ["Google", "Bing"], True, {"Google", "Bing"}),
    ("is", ["google", "BING"], False, {"Google", "Bing"}),
    ("is", ["google", "BING"], True, set()),
    ("is_not", ["Google", "Bing"], True, {"google ads", "example.com"}),
    ("is_not", ["GOOGLE", "BING"], False, {"google ads", "example.com"}),
    ("contains", ["oo", "exam"], True, {"Google", "google ads", "example.com"}),
    ("contains", ["GOO", "zzz"], False, {"Google", "google ads"}),
    ("contains", ["GOO", "zzz"], True, set()),
    ("contains_not", ["oo", "ing"], True, {"example.com"}),
    ("contains_not", ["GOO", "ING"], False, {"example.com"}),
    ("matches", ["^G", r"\.com$"], True, {"Google", "example.com"}),
    ("matches", ["^g", r"\.COM$"], False, {"Google", "google ads", "example.com"}),
    ("matches_not", ["^G", r"\.com$"], True, {"google ads", "Bing"}),
    ("matches_not", ["^g", r"\.COM$"], False, {"Bing"}),
]


@pytest.fixture
def sources(stats: Stats) -> Stats:
    for number, source in enumerate(SOURCES):
        for _ in range(6 + number):
            visit(stats, "/", source=source)
    return stats


def test_each_operator_takes_several_values_with_and_without_case(sources: Stats) -> None:
    for operator, values, is_case_sensitive, expected in FITS:
        one = [operator, "visit:source", values, {"case_sensitive": is_case_sensitive}]
        rows = sources.rows(dimensions=["visit:source"], filters=[one])
        assert {source for (source,) in rows} == expected, one
        if is_case_sensitive:
            assert sources.rows(dimensions=["visit:source"], filters=[one[:3]]) == rows


def test_and_or_not_hold_as_the_words_say(sources: Stats) -> None:
    google, bing = (["contains", "visit:source", [text]] for text in ("oogle", "ing"))
    ads = ["contains", "visit:source", ["ads"]]
    for rule, expected in (
        (["and", [google, ads]], {"google ads"}),
        (["or", [bing, ads]], {"Bing", "google ads"}),
        (["not", google], {"Bing", "example.com"}),
        (["and", [google, ["not", ads]]], {"Google"}),
        (["not", ["or", [google, bing]]], {"example.com"}),
        (["or", [["and", [google, ads]], bing]], {"google ads", "Bing"}),
    ):
        rows = sources.rows(dimensions=["visit:source"], filters=[rule])
        assert {source for (source,) in rows} == expected, rule


def test_rows_are_ordered_by_several_keys_and_given_page_by_page(sources: Stats) -> None:
    for _ in range(6):
        visit(sources, "/", source="Altavista")
    question = {"dimensions": ["visit:source"], "metrics": ["visitors", "visits"]}
    keys = [["visitors", "asc"], ["visit:source", "desc"]]
    every = [source for (source,) in sources.rows(**question, order_by=keys)]
    assert every == ["Google", "Altavista", "google ads", "Bing", "example.com"]
    pages = [
        [source for (source,) in sources.rows(**question, order_by=keys, pagination={"limit": 2, "offset": offset})]
        for offset in range(0, 8, 2)
    ]
    assert pages == [every[:2], every[2:4], every[4:], []]
    answer = sources.ask(**question, pagination={"limit": 2}, include={"total_rows": True}).json()
    assert (answer["meta"]["total_rows"], len(answer["results"])) == (5, 2)
    assert answer["query"]["pagination"] == {"limit": 2, "offset": 0}
    for bound, status in (
        ({"limit": 1}, 200),
        ({"limit": MAX_LIMIT}, 200),
        ({"offset": 2**31}, 200),
        ({"limit": 0}, 400),
        ({"limit": MAX_LIMIT + 1}, 400),
        ({"limit": -1}, 400),
        ({"limit": 2**70}, 400),
        ({"limit": 1.5}, 400),
        ({"offset": -1}, 400),
        ({"offset": 2**31 + 1}, 400),
    ):
        refused = sources.ask(pagination=bound)
        assert refused.status_code == status, bound
        assert status == 200 or next(iter(bound)) in refused.json()["error"]


TODAY = "2026-11-23"
RANGES: list[tuple[str | list[str], list[str]]] = [
    ("day", [TODAY, TODAY]),
    ("7d", ["2026-11-17", TODAY]),
    ("28d", ["2026-10-27", TODAY]),
    ("30d", ["2026-10-25", TODAY]),
    ("91d", ["2026-08-25", TODAY]),
    ("month", ["2026-11-01", TODAY]),
    ("6mo", ["2026-06-01", TODAY]),
    ("12mo", ["2025-12-01", TODAY]),
    ("year", ["2026-01-01", TODAY]),
    ("all", ["2025-06-10", TODAY]),
    (["2026-11-20", "2026-11-21"], ["2026-11-20", "2026-11-21"]),
    (["2026-11-20T00:00:00Z", "2026-11-21T23:59:59Z"], ["2026-11-20", "2026-11-21"]),
    ("24h", ["2026-11-22T13:00:00+00:00", "2026-11-23T12:59:59+00:00"]),
    (
        ["2026-11-22T08:00:00+01:00", "2026-11-22T10:59:59+01:00"],
        ["2026-11-22T07:00:00+00:00", "2026-11-22T09:59:59+00:00"],
    ),
]


def test_each_range_is_the_days_or_hours_it_says(stats: Stats) -> None:
    for day in (0, 1, 6, 29, 90, 300, 531):
        visit(stats, "/", day=DAY_NUMBER - day)
    visitors = [1, 3, 3, 4, 5, 3, 5, 6, 6, 7, 0, 0, 1, 1]
    for (date_range, expected), count in zip(RANGES, visitors, strict=True):
        answer = stats.ask(date_range=date_range).json()
        assert answer["query"]["date_range"] == expected, date_range
        assert answer["results"][0]["metrics"] == [count], date_range


@pytest.mark.parametrize(
    ("include", "other"),
    [
        ({"mode": "previous_period"}, ["2026-11-19", "2026-11-20"]),
        ({"mode": "previous_period", "match_day_of_week": True}, ["2026-11-14", "2026-11-15"]),
        ({"mode": "year_over_year"}, ["2025-11-21", "2025-11-22"]),
        ({"mode": "year_over_year", "match_day_of_week": True}, ["2025-11-22", "2025-11-23"]),
        ({"mode": "custom", "date_range": ["2026-01-05", "2026-01-07"]}, ["2026-01-05", "2026-01-07"]),
        (
            {"mode": "custom", "date_range": ["2026-01-05", "2026-01-06"], "match_day_of_week": True},
            ["2026-01-03", "2026-01-04"],
        ),
    ],
)
@pytest.mark.parametrize("time", [[], ["time:day"], ["time:week"], ["time:month"]])
def test_each_comparison_stands_beside_the_range(
    stats: Stats, include: dict[str, Any], other: list[str], time: list[str]
) -> None:
    asked = {"date_range": ["2026-11-21", "2026-11-22"], "dimensions": time}
    visit(stats, "/", day=DAY_NUMBER - 2)
    answer = stats.ask(**asked, include={"comparisons": include, **({"time_labels": True} if time else {})}).json()
    assert answer["meta"]["comparison"]["date_range"] == other
    (row,) = answer["results"]
    assert (row["metrics"], row["comparison"]["metrics"]) == ([1], [0])
    if time:
        assert row["dimensions"][0] in answer["meta"]["time_labels"]


def test_three_attributes_are_too_many_in_any_place(stats: Stats) -> None:
    for three in list(combinations(STORED, 3))[::97]:
        answer = stats.ask(dimensions=[three[0]], filters=[["is", name, ["x"]] for name in three[1:]])
        assert answer.status_code == 400
        assert "leave out a dimension or a filter" in answer.json()["error"]

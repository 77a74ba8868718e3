"""Ranges are compared with others of the calendar, and numbers with numbers."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import QueryError
from appliance.stats.comparisons import beside, change, compared_range
from appliance.stats.contract import Comparisons, Metric, TimeDimension
from appliance.stats.ranges import DateRange, parse_range

RANGES = st.builds(
    lambda first, days: DateRange(first, first + timedelta(days=days)),
    st.dates(date(2019, 12, 1), date(2029, 12, 31)),
    st.integers(0, 800),
)


def parse(asked: str | list[str]) -> DateRange:
    return parse_range(asked, date(2026, 3, 1), lambda: None)


def compared(first: str, last: str, mode: str, *, match: bool = False) -> list[str]:
    days = DateRange(date.fromisoformat(first), date.fromisoformat(last))
    found = compared_range(Comparisons(mode, match_day_of_week=match), days, parse)
    return [day.isoformat() for day in found]


@pytest.mark.parametrize(
    ("first", "last", "mode", "expected"),
    [
        ("2026-03-01", "2026-03-01", "previous_period", ["2026-02-28", "2026-02-28"]),
        ("2026-03-02", "2026-03-08", "previous_period", ["2026-02-23", "2026-03-01"]),
        ("2024-03-01", "2024-03-31", "previous_period", ["2024-01-30", "2024-02-29"]),
        ("2026-03-01", "2026-03-08", "year_over_year", ["2025-03-01", "2025-03-08"]),
        ("2024-02-29", "2024-02-29", "year_over_year", ["2023-02-28", "2023-02-28"]),
        ("2024-02-01", "2024-02-29", "year_over_year", ["2023-02-01", "2023-02-28"]),
        ("2025-02-01", "2025-02-28", "year_over_year", ["2024-02-01", "2024-02-29"]),
        ("2025-02-28", "2025-02-28", "year_over_year", ["2024-02-28", "2024-02-28"]),
    ],
)
def test_other_range_by_the_calendar(first: str, last: str, mode: str, expected: list[str]) -> None:
    assert compared(first, last, mode) == expected


def test_weekdays_are_matched_by_the_fewest_days() -> None:
    assert compared("2026-03-04", "2026-03-06", "previous_period", match=True) == ["2026-02-25", "2026-02-27"]
    assert compared("2026-03-04", "2026-03-06", "year_over_year", match=True) == ["2025-03-05", "2025-03-07"]


@given(RANGES, st.booleans())
def test_period_before_is_as_long_and_ends_before_the_range(days: DateRange, match: bool) -> None:
    other = compared_range(Comparisons("previous_period", match_day_of_week=match), days, parse)
    gap = (days.first - other.last).days - 1
    assert other.n_days == days.n_days
    assert 0 <= gap < (7 if match else 1)
    assert not match or other.first.weekday() == days.first.weekday()


@given(RANGES)
def test_year_before_matches_the_weekday_and_the_length(days: DateRange) -> None:
    plain = compared_range(Comparisons("year_over_year"), days, parse)
    matched = compared_range(Comparisons("year_over_year", match_day_of_week=True), days, parse)
    assert matched.n_days == days.n_days
    assert matched.first.weekday() == days.first.weekday()
    assert abs((matched.first - plain.first).days) <= 3
    assert abs(plain.n_days - days.n_days) <= 1


def test_custom_range_keeps_its_length() -> None:
    days = DateRange(date(2026, 3, 4), date(2026, 3, 6))
    asked = Comparisons("custom", ["2026-01-01", "2026-01-10"])
    assert compared_range(asked, days, parse) == DateRange(date(2026, 1, 1), date(2026, 1, 10))
    asked = Comparisons("custom", ["2026-01-01", "2026-01-10"], match_day_of_week=True)
    assert compared_range(asked, days, parse) == DateRange(date(2025, 12, 31), date(2026, 1, 9))


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Comparisons("last_month"), "is not one of previous_period"),
        (Comparisons("custom"), "date_range belongs"),
        (Comparisons("previous_period", "7d"), "date_range belongs"),
        (Comparisons("custom", ["2026-02-30", "2026-03-01"]), "not a whole day"),
    ],
)
def test_comparison_that_is_none_is_refused(asked: Comparisons, words: str) -> None:
    with pytest.raises(QueryError, match=words):
        compared_range(asked, DateRange(date(2026, 3, 4), date(2026, 3, 6)), parse)


def test_labels_stand_beside_those_in_their_place() -> None:
    days = DateRange(date(2026, 3, 28), date(2026, 3, 30))
    other = DateRange(date(2026, 3, 25), date(2026, 3, 26))
    by_day, by_hour = beside(TimeDimension.DAY, days, other), beside(TimeDimension.HOUR, days, other)
    assert [by_day(day.isoformat()) for day in days.days()] == ["2026-03-25", "2026-03-26", None]
    assert by_hour("2026-03-29 05:00:00") == "2026-03-26 05:00:00"
    assert by_hour("2026-03-30 05:00:00") is None
    months = beside(
        TimeDimension.MONTH,
        DateRange(date(2026, 1, 10), date(2026, 3, 1)),
        DateRange(date(2025, 1, 10), date(2025, 3, 1)),
    )
    assert months("2026-02-01") == "2025-02-01"


@pytest.mark.parametrize(
    ("metric", "now", "before", "expected"),
    [
        (Metric.VISITORS, 3, 2, 50),
        (Metric.VISITORS, 0, 7, -100),
        (Metric.VISITORS, 7, 0, 100),
        (Metric.VISITORS, 0, 0, 0),
        (Metric.VISITORS, 7, None, None),
        (Metric.TIME_ON_PAGE, None, 7, None),
        (Metric.VIEWS_PER_VISIT, 1.5, 2.0, -25),
        (Metric.BOUNCE_RATE, 40, 50, -10),
        (Metric.CONVERSION_RATE, 2.5, 1.25, 1.25),
    ],
)
def test_change_is_in_percent_and_of_rates_in_points(
    metric: Metric, now: float | None, before: float | None, expected: float | None
) -> None:
    assert change(metric, now, before) == expected

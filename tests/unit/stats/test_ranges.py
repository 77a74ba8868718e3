"""Date ranges in the site's calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import QueryError
from appliance.stats.ranges import DateRange, hours, parse_range

TODAY = date(2026, 3, 1)


def first_day() -> date | None:
    return date(2025, 12, 24)


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("day", date(2026, 3, 1), TODAY),
        ("7d", date(2026, 2, 23), TODAY),
        ("30d", date(2026, 1, 31), TODAY),
        ("28d", date(2026, 2, 2), TODAY),
        ("91d", date(2025, 12, 1), TODAY),
        ("month", date(2026, 3, 1), TODAY),
        ("6mo", date(2025, 10, 1), TODAY),
        ("12mo", date(2025, 4, 1), TODAY),
        ("year", date(2026, 1, 1), TODAY),
        ("all", date(2025, 12, 24), TODAY),
        (["2026-01-05", "2026-01-06"], date(2026, 1, 5), date(2026, 1, 6)),
        (["2028-02-29", "2028-02-29"], date(2028, 2, 29), date(2028, 2, 29)),
    ],
)
def test_range_is_read(asked: str | list[str], first: date, last: date) -> None:
    assert parse_range(asked, TODAY, first_day) == DateRange(first, last)


def test_all_of_a_site_without_data_is_today() -> None:
    assert parse_range("all", TODAY, lambda: None) == DateRange(TODAY, TODAY)


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "1d",
        "24h",
        "' OR 1=1 --",
        ["2026-01-05"],
        ["2026-01-06", "2026-01-05"],
        ["2026-13-01", "2026-13-02"],
        ["a", "b"],
        ["0001-01-01", "2026-01-01"],
        ["2026-01-01", "9999-01-01"],
        [],
        ["2026-01-05' OR 1=1 --", "2026-01-05"],
        ["2026-01-05\n", "2026-01-05"],
        ["20260105", "20260106"],
        ["2026-W01-1", "2026-W01-2"],
        ["٢٠٢٦-01-05", "2026-01-05"],
        ["2026-01-05T12:00:00+01:00", "2026-01-05T15:59:59+01:00"],
        ["2026-02-29", "2026-03-01"],
        "x" * 10_000,
    ],
)
def test_what_is_no_range_is_refused_with_a_reason(asked: str | list[str]) -> None:
    with pytest.raises(QueryError, match="date_range") as refusal:
        parse_range(asked, TODAY, first_day)
    assert len(str(refusal.value)) < 200


@pytest.mark.parametrize(
    ("day", "timezone", "expected"),
    [
        (date(2026, 3, 1), "Europe/Berlin", list(range(24))),
        (date(2026, 3, 29), "Europe/Berlin", [hour for hour in range(24) if hour != 2]),
        (date(2026, 10, 25), "Europe/Berlin", list(range(24))),
        (date(2026, 10, 4), "Australia/Lord_Howe", list(range(24))),
        (date(2026, 3, 1), "Asia/Kathmandu", list(range(24))),
        (date(2026, 9, 6), "America/Santiago", list(range(1, 24))),
    ],
)
def test_day_has_the_hours_that_its_clocks_show(day: date, timezone: str, expected: list[int]) -> None:
    assert hours(day, timezone) == expected


DAYS = st.dates(date(2000, 12, 31), date(2099, 12, 31))


@given(DAYS)
def test_named_ranges_end_today_and_those_of_months_begin_on_a_first(today: date) -> None:
    lengths = {"day": 1, "7d": 7, "28d": 28, "30d": 30, "91d": 91}
    for name, length in lengths.items():
        assert parse_range(name, today, lambda: None) == DateRange(today - timedelta(days=length - 1), today)
    for name, months in {"month": 1, "6mo": 6, "12mo": 12}.items():
        found = parse_range(name, today, lambda: None)
        assert (found.first.day, found.last) == (1, today)
        assert (today.year - found.first.year) * 12 + today.month - found.first.month == months - 1

"""Ranges of hours in the site's zone, where clocks change and where they differ by half an hour."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import local_day_hour
from appliance.errors import QueryError
from appliance.stats.hour_ranges import HourRange, parse_hours
from appliance.stats.ranges import DateRange

BERLIN = "Europe/Berlin"
NOW = datetime(2026, 3, 29, 13, 20, tzinfo=UTC).timestamp()
ZONES = st.sampled_from([BERLIN, "UTC", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Pacific/Apia"])


def asked(first: str, last: str, timezone: str = BERLIN) -> HourRange | DateRange | None:
    return parse_hours([first, last], NOW, timezone)


def test_24h_is_this_hour_and_the_23_before() -> None:
    found = parse_hours("24h", NOW, BERLIN)
    assert isinstance(found, HourRange)
    # An hour is missing in this night.
    assert (found.first, found.last) == ((date(2026, 3, 28), 15), (date(2026, 3, 29), 15))
    assert len(found.hours(BERLIN)) == 24
    assert (date(2026, 3, 29), 2) not in found.hours(BERLIN)


@given(st.integers(946_684_800, 4_000_000_000), ZONES)
def test_24h_holds_now_and_ends_with_its_hour(now: int, timezone: str) -> None:
    found = parse_hours("24h", now, timezone)
    assert isinstance(found, HourRange)
    assert found.last == local_day_hour(now, timezone)
    assert found.has(local_day_hour(now - 23 * 3600, timezone))
    assert 22 <= len(found.hours(timezone)) <= 25


@pytest.mark.parametrize("name", ["day", "7d", "all", ["2026-01-01", "2026-01-02"], ["2026-01-01"], []])
def test_days_are_no_hours(name: str | list[str]) -> None:
    assert parse_hours(name, NOW, BERLIN) is None


@pytest.mark.parametrize("end", ["2026-01-05T15:59:59+01:00", "2026-01-05T16:00:00+01:00", "2026-01-05T14:59:59Z"])
def test_moments_name_their_hours(end: str) -> None:
    found = asked("2026-01-05T12:00:00+01:00", end)
    assert isinstance(found, HourRange)
    assert found.hours(BERLIN) == [(date(2026, 1, 5), hour) for hour in (12, 13, 14, 15)]
    assert found.end.isoformat() == "2026-01-05T15:59:59+01:00"


def test_an_hour_that_comes_twice_is_asked_for_as_one() -> None:
    found = asked("2026-10-25T02:00:00+02:00", "2026-10-25T02:59:59+01:00")
    assert isinstance(found, HourRange)
    assert found.hours(BERLIN) == [(date(2026, 10, 25), 2)]
    with pytest.raises(QueryError, match="whole hours"):
        asked("2026-10-25T02:00:00+01:00", "2026-10-25T02:59:59+01:00")


@given(st.dates(date(2020, 1, 1), date(2030, 12, 31)).filter(lambda day: day.year != 2011), st.integers(0, 40), ZONES)
def test_ends_of_whole_days_are_days(first: date, more: int, timezone: str) -> None:
    zone = ZoneInfo(timezone)
    last = first + timedelta(days=more)
    start = datetime(first.year, first.month, first.day, tzinfo=zone)
    end = datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=zone)
    found = parse_hours([start.isoformat(), end.isoformat()], NOW, timezone)
    assert found == DateRange(first, last)


@pytest.mark.parametrize(
    ("first", "last", "timezone"),
    [
        ("2026-01-05T12:30:00+01:00", "2026-01-05T15:59:59+01:00", BERLIN),
        ("2026-01-05T12:00:00+01:00", "2026-01-05T15:30:00+01:00", BERLIN),
        ("2026-01-05T12:00:00+00:00", "2026-01-05T15:59:59+00:00", "Asia/Kolkata"),
        ("2026-01-05T12:00:00", "2026-01-05T15:59:59", BERLIN),
        ("2026-01-05", "2026-01-05T15:59:59+01:00", BERLIN),
        ("2026-01-05T16:00:00+01:00", "2026-01-05T12:59:59+01:00", BERLIN),
        ("2026-01-05T25:00:00+01:00", "2026-01-06T12:59:59+01:00", BERLIN),
        ("9999-12-31T23:00:00-23:59", "9999-12-31T23:59:59-23:59", BERLIN),
        ("2026-01-05T12:00:00+01:00' OR 1=1", "2026-01-05T15:59:59+01:00", BERLIN),
    ],
)
def test_moments_that_no_counter_knows_are_refused(first: str, last: str, timezone: str) -> None:
    with pytest.raises(QueryError, match="date_range: "):
        asked(first, last, timezone)

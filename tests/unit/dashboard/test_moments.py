"""The time line has a name for each moment, and a scale of round numbers that holds them all."""

import itertools
from datetime import datetime

import pytest

from appliance.stats.contract import TimeDimension
from dashboard.moments import current, days_of, long_name, scale, short_name

DAYS = ["2026-11-21", "2026-11-22", "2026-11-23"]


def test_hours_of_several_days_name_the_day() -> None:
    assert short_name("2026-11-22 20:00:00", TimeDimension.HOUR, several_days=True) == "22 Nov 20h"


def test_days_and_months_of_several_years_name_the_year() -> None:
    assert short_name("2025-12-31", TimeDimension.DAY, several_years=True) == "31 Dec 2025"
    assert short_name("2025-12-01", TimeDimension.MONTH, several_years=True) == "Dec 2025"


def test_months_and_weeks_have_long_names_of_their_own() -> None:
    assert long_name("2026-11-01", TimeDimension.MONTH) == "November 2026"
    assert long_name("2026-11-16", TimeDimension.WEEK) == "Week of 16 Nov 2026"


@pytest.mark.parametrize(
    ("now", "expected"),
    [(datetime(2026, 11, 20, 23), -1), (datetime(2026, 11, 21, 0), 0), (datetime(2026, 11, 22, 23, 59), 1)],
)
def test_the_current_day_is_found(now: datetime, expected: int) -> None:
    assert current(DAYS, now) == expected


def test_after_the_last_moment_the_last_is_the_current_one() -> None:
    assert current(DAYS, datetime(2026, 12, 24)) == 2


@pytest.mark.parametrize("most", [0, 0.4, 1, 3, 4, 9, 10, 11, 99, 101, 12_345, 999_999, 7_654_321])
def test_a_scale_is_short_begins_at_zero_and_holds_the_greatest(most: float) -> None:
    ticks = scale(most)
    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 3 <= len(ticks) <= 8
    assert len({round(b - a, 6) for a, b in itertools.pairwise(ticks)}) == 1


def test_a_range_over_new_year_names_both_years() -> None:
    assert days_of("2025-12-30", "2026-01-02") == "30 Dec 2025 – 2 Jan 2026"

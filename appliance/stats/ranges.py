"""Date ranges in the site's own calendar. Pure: the site's today is passed in.

Plausible's reference says "last 7 days relative to today"; its server has both counted today in and left it out, by
version. Here every named range ends with today: `7d` is today and the six days before it, `month` starts on the 1st,
`6mo` on the 1st five months ago.
"""

import re
from collections.abc import Callable, Iterable
from datetime import date, timedelta
from enum import StrEnum
from typing import NamedTuple

from appliance.clock import day_end, local_day_hour
from appliance.errors import QueryError
from appliance.stats.contract import DATE_RANGES

_FIRST_YEAR = 2000
_LAST_YEAR = 2099
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_HALF_HOUR = 1800
_DAYS = {"day": 1, "7d": 7, "28d": 28, "30d": 30, "91d": 91}
_MONTHS = {"month": 1, "6mo": 6, "12mo": 12}


class Step(StrEnum):
    """How finely days are summed up when they are read."""

    RANGE = "range"
    DAY = "day"
    MONTH = "month"

    def at(self, day: date) -> date | None:
        """Under what a day is summed up: itself, the 1st of its month, or None for the whole range."""
        if self is Step.RANGE:
            return None
        return day if self is Step.DAY else day.replace(day=1)


class DateRange(NamedTuple):
    """Whole site-local days, both ends included."""

    first: date
    last: date

    @property
    def n_days(self) -> int:
        """Number of days."""
        return (self.last - self.first).days + 1

    def days(self) -> list[date]:
        """All days, oldest first."""
        return [self.first + timedelta(days=n) for n in range(self.n_days)]

    def months(self) -> list[date]:
        """The 1st of each month that has a day in it, oldest first."""
        return list(dict.fromkeys(day.replace(day=1) for day in self.days()))

    def whole_months(self) -> list[date]:
        """Those of the months that lie in it as a whole."""
        return [month for month in self.months() if month >= self.first and _month_end(month) <= self.last]


def stretches(days: Iterable[date]) -> list[list[str]]:
    """First and last day of each stretch of days that follow each other.

    >>> stretches([date(2026, 3, 1), date(2026, 2, 28), date(2026, 3, 5)])
    [['2026-02-28', '2026-03-01'], ['2026-03-05', '2026-03-05']]
    """
    found: list[DateRange] = []
    for day in sorted(set(days)):
        if found and (day - found[-1].last).days == 1:
            found[-1] = DateRange(found[-1].first, day)
        else:
            found.append(DateRange(day, day))
    return [[one.first.isoformat(), one.last.isoformat()] for one in found]


def parse_range(asked: str | list[str], today: date, first_day: Callable[[], date | None]) -> DateRange:
    """The days that were asked for.

    Args:
        asked: a name of `contract.DATE_RANGES` or `[first, last]` as `YYYY-MM-DD`.
        today: the site's current day.
        first_day: the first day with data, asked only for `all`.

    Raises:
        QueryError: not such a range.
    """
    if isinstance(asked, list):
        return _custom(asked)
    if asked in _DAYS:
        return DateRange(today - timedelta(days=_DAYS[asked] - 1), today)
    if asked in _MONTHS:
        return DateRange(_months_before(today, _MONTHS[asked] - 1), today)
    if asked == "year":
        return DateRange(today.replace(month=1, day=1), today)
    if asked == "all":
        return DateRange(min(first_day() or today, today), today)
    if asked == "24h":
        raise QueryError('date_range: "24h" is of hours, and this is counted by day; ask for "day" or "7d"')
    names = ", ".join(f'"{name}"' for name in DATE_RANGES)
    raise QueryError(f'date_range: "{asked[:40]}" is not one of {names} or ["YYYY-MM-DD", "YYYY-MM-DD"]')


def _months_before(day: date, months: int) -> date:
    """The 1st of the month so many months before."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, 1)


def _month_end(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _custom(asked: list[str]) -> DateRange:
    if len(asked) != 2:
        raise QueryError("date_range: a list must hold two dates, the first and the last day")
    first, last = (_day(text) for text in asked)
    if first > last:
        raise QueryError(f"date_range: {first} is after {last}")
    return DateRange(first, last)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text) if _ISO_DAY.fullmatch(text) else None
    except ValueError:
        day = None
    if day is None:
        raise QueryError(f'date_range: "{text[:40]}" is not a whole day such as "2026-01-31"')
    check_years(day)
    return day


def check_years(day: date) -> None:
    """Raise QueryError for a year that no calendar of this appliance has."""
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise QueryError(f"date_range: {day} is outside the years {_FIRST_YEAR} to {_LAST_YEAR}")


def hours(day: date, timezone: str) -> list[int]:
    """Hours that a site-local day has: one is missing or comes twice when the clocks change.

    >>> 2 in hours(date(2026, 3, 29), "Europe/Berlin")
    False
    """
    start, end = (int(day_end(each, timezone)) for each in (day - timedelta(days=1), day))
    # Clocks change by half an hour at some places.
    return sorted({local_day_hour(at, timezone)[1] for at in range(start, end, _HALF_HOUR)})

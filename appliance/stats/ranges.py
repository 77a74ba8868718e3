"""Date ranges in the site's own calendar. Pure: the site's today is passed in."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import NamedTuple

from appliance.errors import QueryError
from appliance.stats.contract import DATE_RANGES

_FIRST_YEAR = 2000
_LAST_YEAR = 2099


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


def parse_range(asked: str | list[str], today: date, first_day: Callable[[], date | None]) -> DateRange:
    """The days that were asked for.

    Args:
        asked: a name of `contract.DATE_RANGES` or `[first, last]` as ISO dates (a time of day is cut off).
        today: the site's current day.
        first_day: the first day with data, asked only for `all`.

    Raises:
        QueryError: not such a range.
    """
    if isinstance(asked, list):
        return _custom(asked)
    if asked == "day":
        return DateRange(today, today)
    if asked == "7d":
        return DateRange(today - timedelta(days=6), today)
    if asked == "30d":
        return DateRange(today - timedelta(days=29), today)
    if asked == "month":
        return DateRange(today.replace(day=1), today)
    if asked == "all":
        return DateRange(min(first_day() or today, today), today)
    names = ", ".join(f'"{name}"' for name in DATE_RANGES)
    raise QueryError(f'date_range: "{asked}" is not one of {names} or ["YYYY-MM-DD", "YYYY-MM-DD"]')


def _custom(asked: list[str]) -> DateRange:
    if len(asked) != 2:
        raise QueryError("date_range: a list must hold two dates, the first and the last day")
    first, last = (_day(text) for text in asked)
    if first > last:
        raise QueryError(f"date_range: {first} is after {last}")
    return DateRange(first, last)


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text[:10])
    except ValueError:
        raise QueryError(f'date_range: "{text[:40]}" is not a date such as "2026-01-31"') from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise QueryError(f"date_range: {day} is outside the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return day

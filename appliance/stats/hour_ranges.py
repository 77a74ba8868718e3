"""Ranges of site-local hours: `24h`, and two moments. Pure: the moment is passed in.

Counters are kept by hour of the site's clock, so a range begins and ends with one. An hour that comes twice when the
clocks go back is one hour.
"""

import re
from datetime import UTC, date, datetime, timedelta
from typing import NamedTuple

from appliance.clock import day_end, local_day_hour, zone
from appliance.errors import QueryError
from appliance.stats.ranges import DateRange, check_years, hours

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})", re.ASCII)
_EXAMPLE = '["2026-01-31T12:00:00+01:00", "2026-01-31T15:59:59+01:00"]'

Hour = tuple[date, int]
"""Site-local day and hour (0-23)."""


class HourRange(NamedTuple):
    """Whole site-local hours, both ends included."""

    first: Hour
    last: Hour
    start: datetime
    """First second, in the site's zone."""
    end: datetime
    """Last second, in the site's zone."""

    @property
    def days(self) -> DateRange:
        """Days that have an hour of the range."""
        return DateRange(self.first[0], self.last[0])

    def has(self, hour: Hour) -> bool:
        """Whether an hour lies in the range."""
        return self.first <= hour <= self.last

    def hours(self, timezone: str) -> list[Hour]:
        """All hours, oldest first."""
        found = ((day, hour) for day in self.days.days() for hour in hours(day, timezone))
        return [each for each in found if self.has(each)]


def parse_hours(asked: str | list[str], now: float, timezone: str) -> HourRange | DateRange | None:
    """The hours that were asked for; None if days were.

    Args:
        asked: `24h` (this hour and the 23 before it), or two moments; they may also be the ends of whole days.
        now: seconds since 1970.

    Raises:
        QueryError: moments that are none, or not at the ends of hours of the site.
    """
    if asked == "24h":
        begin = datetime.fromtimestamp(now, zone(timezone))
        end = begin.replace(minute=59, second=59, microsecond=0)
        start = (begin.astimezone(UTC) - timedelta(hours=23)).astimezone(zone(timezone))
        start = start.replace(minute=0, second=0, microsecond=0)
        return HourRange(_hour(start, timezone), _hour(end, timezone), start, end)
    if isinstance(asked, str) or len(asked) != 2 or not any("T" in text for text in asked):
        return None
    start, end = (_moment(text, timezone) for text in asked)
    if end.second == 0 and end.minute == 0 and end > start:
        end = _moved(end, -1)
    if start > end:
        raise QueryError(f"date_range: {asked[0]} is not before {asked[1]}")
    if _begins_day(start, timezone) and _begins_day(_moved(end, 1), timezone):
        return DateRange(start.date(), end.date())
    first, last = _hour(start, timezone), _hour(end, timezone)
    if _hour(_moved(start, -1), timezone) == first or _hour(_moved(end, 1), timezone) == last:
        raise QueryError(f"date_range: counters are kept by whole hours of {timezone}; ask for such as {_EXAMPLE}")
    return HourRange(first, last, start, end)


def _moment(text: str, timezone: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text) if _MOMENT.fullmatch(text) else None
    except ValueError:
        moment = None
    if moment is None:
        raise QueryError(f'date_range: "{text[:40]}" is no moment with its offset; ask for such as {_EXAMPLE}')
    check_years(moment.date())
    return moment.astimezone(zone(timezone))


def _moved(moment: datetime, seconds: int) -> datetime:
    """That many seconds later, also where the clocks change."""
    return (moment.astimezone(UTC) + timedelta(seconds=seconds)).astimezone(moment.tzinfo)


def _hour(moment: datetime, timezone: str) -> Hour:
    return local_day_hour(moment.timestamp(), timezone)


def _begins_day(moment: datetime, timezone: str) -> bool:
    return day_end(moment.date() - timedelta(days=1), timezone) == moment.timestamp()

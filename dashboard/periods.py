"""The stretches of time a reader can pick, and what they are in the site's own calendar.

Pure: the site's current day is passed in.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class Choice(StrEnum):
    """What stands in the picker; the value is its label."""

    TODAY = "Today"
    YESTERDAY = "Yesterday"
    LAST_7_DAYS = "Last 7 days"
    LAST_30_DAYS = "Last 30 days"
    THIS_MONTH = "This month"
    ALL_TIME = "All time"
    CUSTOM = "Custom range"


@dataclass(frozen=True)
class Period:
    """A range of whole days as the stats API takes it."""

    date_range: str | tuple[date, date]
    """A name the API knows, or first and last day."""
    first: date | None
    """None: since the site's first visit."""
    last: date
    includes_today: bool

    @property
    def one_day(self) -> bool:
        """Whether hours can be shown."""
        return self.first == self.last


_NAMED = {
    Choice.TODAY: "day",
    Choice.LAST_7_DAYS: "7d",
    Choice.LAST_30_DAYS: "30d",
    Choice.THIS_MONTH: "month",
    Choice.ALL_TIME: "all",
}


def period(choice: Choice, today: date, custom: tuple[date, date] | None = None) -> Period:
    """The range behind a choice.

    Args:
        choice: what was picked.
        today: the site's current day.
        custom: first and last day for `Choice.CUSTOM`; without it that choice means today.
    """
    if choice is Choice.CUSTOM and custom is not None:
        return _days(*custom, today)
    if choice is Choice.YESTERDAY:
        yesterday = today - timedelta(days=1)
        return _days(yesterday, yesterday, today)
    first = {
        Choice.LAST_7_DAYS: today - timedelta(days=6),
        Choice.LAST_30_DAYS: today - timedelta(days=29),
        Choice.THIS_MONTH: today.replace(day=1),
        Choice.ALL_TIME: None,
    }.get(choice, today)
    return Period(_NAMED.get(choice, "day"), first, today, includes_today=True)


def _days(first: date, last: date, today: date) -> Period:
    return Period((first, last), first, last, includes_today=first <= today <= last)

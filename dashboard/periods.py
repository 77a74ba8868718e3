"""The stretches of time a reader can pick, and what they are compared with, in the site's own calendar.

Pure: the site's current day is passed in.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from appliance.stats.contract import Comparisons

MANY_VISITS = 500
"""Visits a day of the last month from which on a site opens on its day; see docs/privacy.md, Months."""


class Choice(StrEnum):
    """What stands in the picker; the value is its label and stands in the address."""

    TODAY = "Today"
    YESTERDAY = "Yesterday"
    LAST_7_DAYS = "Last 7 days"
    LAST_28_DAYS = "Last 28 days"
    LAST_30_DAYS = "Last 30 days"
    LAST_91_DAYS = "Last 91 days"
    THIS_MONTH = "This month"
    LAST_MONTH = "Last month"
    THIS_YEAR = "This year"
    LAST_12_MONTHS = "Last 12 months"
    ALL_TIME = "All time"
    CUSTOM = "Custom range"


class Comparison(StrEnum):
    """What the period is compared with; the value is its label and stands in the address."""

    NONE = "No comparison"
    PREVIOUS = "Previous period"
    PREVIOUS_WEEKDAYS = "Previous, same weekdays"
    YEAR_BEFORE = "Year before"
    YEAR_BEFORE_WEEKDAYS = "Year before, same weekdays"


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

    @property
    def days(self) -> int | None:
        """Number of days; None if the first is not known."""
        return None if self.first is None else (self.last - self.first).days + 1

    @property
    def asked(self) -> str | list[str]:
        """As a question holds it."""
        if isinstance(self.date_range, str):
            return self.date_range
        return [day.isoformat() for day in self.date_range]

    @property
    def named(self) -> str:
        """As a parameter of an address holds it: a name, or two days with a comma between."""
        return self.asked if isinstance(self.asked, str) else ",".join(self.asked)


_NAMED = {
    Choice.TODAY: "day",
    Choice.LAST_7_DAYS: "7d",
    Choice.LAST_28_DAYS: "28d",
    Choice.LAST_30_DAYS: "30d",
    Choice.LAST_91_DAYS: "91d",
    Choice.THIS_MONTH: "month",
    Choice.THIS_YEAR: "year",
    Choice.LAST_12_MONTHS: "12mo",
    Choice.ALL_TIME: "all",
}
_MODES = {
    Comparison.PREVIOUS: ("previous_period", False),
    Comparison.PREVIOUS_WEEKDAYS: ("previous_period", True),
    Comparison.YEAR_BEFORE: ("year_over_year", False),
    Comparison.YEAR_BEFORE_WEEKDAYS: ("year_over_year", True),
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
    if choice is Choice.LAST_MONTH:
        last = today.replace(day=1) - timedelta(days=1)
        return _days(last.replace(day=1), last, today)
    return Period(_NAMED.get(choice, "day"), _first(choice, today), today, includes_today=True)


def usual(visits: Mapping[str, float], today: date) -> Choice:
    """What a site opens on: months if it is small, because its days hide what few visitors had.

    Args:
        visits: by month, named by its 1st.
        today: the site's current day.
    """
    first = today.replace(day=1)
    last = first - timedelta(days=1)
    before = {month: number for month, number in visits.items() if month < first.isoformat() and number}
    if not before:
        return Choice.TODAY  # no month is over yet, so there is nothing that only months show
    a_day = before.get(last.replace(day=1).isoformat(), 0) / last.day
    return Choice.TODAY if a_day >= MANY_VISITS else Choice.LAST_12_MONTHS


def comparison(choice: Comparison, chosen: Period) -> Comparisons | None:
    """What the API is asked to compare with; None for nothing, or where nothing lies before the period."""
    if choice not in _MODES or chosen.first is None:
        return None
    mode, weekdays = _MODES[choice]
    return Comparisons(mode, match_day_of_week=weekdays)


def name_of(compared: Comparisons | None) -> Comparison:
    """The choice behind what the API is asked to compare with."""
    asked = (compared.mode, compared.match_day_of_week) if compared else None
    return next((choice for choice, mode in _MODES.items() if mode == asked), Comparison.NONE)


def _first(choice: Choice, today: date) -> date | None:
    """First day of the named ranges, as in docs/metrics.md."""
    lengths = {Choice.LAST_7_DAYS: 7, Choice.LAST_28_DAYS: 28, Choice.LAST_30_DAYS: 30, Choice.LAST_91_DAYS: 91}
    if choice in lengths:
        return today - timedelta(days=lengths[choice] - 1)
    return {
        Choice.THIS_MONTH: today.replace(day=1),
        Choice.THIS_YEAR: today.replace(month=1, day=1),
        Choice.LAST_12_MONTHS: _eleven_months_before(today),
        Choice.ALL_TIME: None,
    }.get(choice, today)


def _eleven_months_before(today: date) -> date:
    return date(today.year, 1, 1) if today.month == 12 else date(today.year - 1, today.month + 1, 1)


def _days(first: date, last: date, today: date) -> Period:
    return Period((first, last), first, last, includes_today=first <= today <= last)

"""Cuts a range of days into days, ISO weeks or months, as `time:day`, `time:week` and `time:month` name them. Pure.

A week begins on Monday; one that the range cuts is named by the range's first day, as Plausible does. A month is named
by its 1st.
"""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from itertools import groupby
from typing import Any, NamedTuple, TypeVar

from appliance.stats.contract import TimeDimension
from appliance.stats.counters import Counters, plus
from appliance.stats.ranges import DateRange, Step

_MOST_DAYS_BY_DAY = 92

Labelled = TypeVar("Labelled", bound=tuple[Any, ...])
"""Key of counters that begins with a day, or None for the whole range."""


class Period(NamedTuple):
    """A day, week or month, as far as the range has it."""

    label: date
    days: DateRange


def fitting(days: DateRange, *, by_hour: bool) -> TimeDimension:
    """What `time` stands for: hours of one day where they are counted, days of three months, months of more."""
    if days.n_days == 1 and by_hour:
        return TimeDimension.HOUR
    return TimeDimension.DAY if days.n_days <= _MOST_DAYS_BY_DAY else TimeDimension.MONTH


def label_of(time: TimeDimension | None, days: DateRange) -> Callable[[date], date]:
    """Gives the label of the period in which a day of the range lies."""
    if time is TimeDimension.WEEK:
        return lambda day: max(days.first, day - timedelta(days=day.weekday()))
    if time is TimeDimension.MONTH:
        return lambda day: day.replace(day=1)
    return lambda day: day


def periods(time: TimeDimension, days: DateRange) -> list[Period]:
    """The periods of a range, oldest first.

    >>> [period.label.day for period in periods(TimeDimension.WEEK, DateRange(date(2026, 1, 1), date(2026, 1, 12)))]
    [1, 5, 12]
    """
    groups = ((label, list(group)) for label, group in groupby(days.days(), key=label_of(time, days)))
    return [Period(label, DateRange(of_label[0], of_label[-1])) for label, of_label in groups]


def reading(time: TimeDimension | None, days: DateRange) -> tuple[Step, Callable[[Any], Any] | None]:
    """By what step a question is read, and the label of what is found under a day; None if it stays as it is.

    A month that lies in the range as a whole has beside its days what was shown at its close.
    """
    if time is TimeDimension.MONTH:
        return Step.MONTH, None
    if time is None:
        return Step.RANGE, None
    return Step.DAY, label_of(time, days) if time is not TimeDimension.DAY else None


def add_labelled(
    found: dict[Labelled, Counters], read: Mapping[Labelled, Counters], label: Callable[[Any], Any]
) -> None:
    """Add counters to those of their period."""
    for key, counters in read.items():
        place: Any = (label(key[0]), *key[1:])
        found[place] = plus(found[place], counters) if place in found else counters

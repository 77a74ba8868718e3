"""The range that a range is compared with, and how its numbers changed. Pure."""

from collections.abc import Callable
from datetime import date, timedelta

from appliance.errors import QueryError
from appliance.stats.contract import Comparisons, Metric, TimeDimension
from appliance.stats.counters import Number
from appliance.stats.periods import periods
from appliance.stats.ranges import DateRange

_DAYS_OF_WEEK = 7
_NEAREST = 3
_IN_POINTS = frozenset({Metric.BOUNCE_RATE, Metric.CONVERSION_RATE, Metric.GROUP_CONVERSION_RATE})
_MODES = ("previous_period", "year_over_year", "custom")


def compared_range(asked: Comparisons, days: DateRange, parse: Callable[[str | list[str]], DateRange]) -> DateRange:
    """The days that a range is compared with.

    `previous_period` is as many days directly before; with `match_day_of_week` they move back to the weekday on which
    the range begins. `year_over_year` is the same dates of the year before, 29 February the 28th, whole months whole
    months; it and `custom` move by three days at most to match the weekday.

    Raises:
        QueryError: there is no such comparison.
    """
    if asked.mode not in _MODES:
        raise QueryError(f'include.comparisons: "{asked.mode[:40]}" is not one of {", ".join(_MODES)}')
    if (asked.date_range is not None) != (asked.mode == "custom"):
        raise QueryError('include.comparisons: a date_range belongs to the mode "custom", and only to that')
    if asked.mode == "previous_period":
        first = days.first - timedelta(days=days.n_days)
        if asked.match_day_of_week:
            first -= timedelta(days=(first.weekday() - days.first.weekday()) % _DAYS_OF_WEEK)
        return _as_long(days, first)
    other = parse(asked.date_range) if asked.date_range is not None else _year_before(days)
    if not asked.match_day_of_week:
        return other
    ahead = (days.first.weekday() - other.first.weekday()) % _DAYS_OF_WEEK
    nearest = other.first + timedelta(days=ahead if ahead <= _NEAREST else ahead - _DAYS_OF_WEEK)
    return _as_long(days if asked.mode == "year_over_year" else other, nearest)


def _as_long(days: DateRange, first: date) -> DateRange:
    return DateRange(first, first + timedelta(days=days.n_days - 1))


def _year_before(days: DateRange) -> DateRange:
    first, last = (_same_day_of(day.year - 1, day) for day in days)
    if days.first.day == 1 and (days.last + timedelta(days=1)).day == 1 and (last + timedelta(days=1)).day != 1:
        last += timedelta(days=1)
    return DateRange(first, last)


def _same_day_of(year: int, day: date) -> date:
    return date(year, 2, 28) if (day.month, day.day) == (2, 29) else day.replace(year=year)


def beside(time: TimeDimension | None, days: DateRange, other: DateRange) -> Callable[[str], str | None]:
    """Gives, for the label of a time, the label that stands in the same place of the other range, if it has one.

    Hours stand beside the same hour of the day in the same place.
    """
    if time is None:
        return lambda label: label
    unit = TimeDimension.DAY if time is TimeDimension.HOUR else time
    pairs = zip(periods(unit, days), periods(unit, other), strict=False)
    labels = {one.label.isoformat(): another.label.isoformat() for one, another in pairs}
    if time is TimeDimension.HOUR:
        return lambda label: labels[label[:10]] + label[10:] if label[:10] in labels else None
    return labels.get


def change(metric: Metric, now: Number, before: Number) -> Number:
    """How much a number changed: rates in percentage points, everything else in percent; None if one is unknown.

    >>> change(Metric.VISITORS, 6, 4), change(Metric.VISITORS, 6, 0), change(Metric.BOUNCE_RATE, 40, 50)
    (50, 100, -10)
    """
    if now is None or before is None:
        return None
    if metric in _IN_POINTS:
        return round(now - before, 2)
    if not before:
        return 100 if now else 0
    return round(100 * (now - before) / before)

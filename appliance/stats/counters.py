"""Counters of one row of an answer, and the metrics made of them. Pure."""

from collections.abc import Callable
from operator import add, sub
from typing import NamedTuple

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.stats.contract import Metric

Number = int | float | None


class Counters(NamedTuple):
    """Sums over the cells of a row, named as the columns in ClickHouse. Totals have none of the last six."""

    visitors: int
    visits: int
    pageviews: int
    events: int
    closed: int
    bounces: int
    duration_ms: int
    engaged_ms: int = 0
    engaged_visits: int = 0
    scroll_depth: int = 0
    scroll_visits: int = 0
    revenue_minor: int = 0
    thin_visits: int = 0
    """Of the visits, those of days on which fewer than k visitors had the value: their other counters were dropped."""


NOTHING = Counters(0, 0, 0, 0, 0, 0, 0)


_OF_TOTALS = tuple(name for name in Counters._fields if name not in Counters._field_defaults)


def plus(one: Counters, other: Counters) -> Counters:
    """Sum."""
    return Counters(*map(add, one, other))


def minus(one: Counters, other: Counters) -> Counters:
    """Difference."""
    return Counters(*map(sub, one, other))


def at_least_nothing(difference: Counters) -> Counters:
    """What is left of totals, as far as totals know it; visitors who are in several rows can make it negative."""
    left = Counters(*(max(0, number) for number in difference))
    return NOTHING._replace(**{name: getattr(left, name) for name in _OF_TOTALS})


def none_below_zero(difference: Counters) -> Counters:
    """What is left of a single value when its shown pairs are taken away."""
    return Counters(*(max(0, number) for number in difference))


class Around(NamedTuple):
    """What a metric may need beside the counters of its row."""

    ended: Counters | None
    """Of the visits whose bounces and durations count: the row itself, the visits that entered on the page, or None
    if nobody did."""
    everybody: Counters = NOTHING
    """Totals of the row's time."""
    decimals: int = 0
    """Digits behind the point of the row's currency."""
    able: Counters | None = None
    """Those who could have reached the goal; None for everybody."""
    group: Counters | None = None
    """Those of them who are in the row; None for all of them."""
    left: Counters | None = None
    """By page: the visits that ended there, or None if nobody's may be shown."""
    is_total: bool = False
    """Of totals nothing is ever dropped; a visit may stand there a moment before its events."""


def metric(name: Metric, counters: Counters, around: Around) -> Number:
    """One metric of a row.

    >>> metric(Metric.BOUNCE_RATE, NOTHING, Around(Counters(3, 3, 4, 4, 3, 2, 61_500)))
    67
    """
    compute = _COMPUTED.get(name)
    return compute(counters, around) if compute else int(getattr(counters, name.value))


def is_counter(name: Metric) -> bool:
    """Whether the metric is a counter of its row, whatever is around it."""
    return name not in _COMPUTED


_COMPUTED: dict[Metric, Callable[[Counters, Around], Number]] = {
    # What a close dropped is not 0 but unknown.
    Metric.PAGEVIEWS: lambda c, _: None if c.thin_visits and not c.pageviews else c.pageviews,
    Metric.EVENTS: lambda c, a: None if c.visits and not c.events and not a.is_total else c.events,
    Metric.VIEWS_PER_VISIT: lambda c, _: _views_per_visit(c),
    Metric.BOUNCE_RATE: lambda _, a: _of_ended(a.ended, lambda ended: _rounded(100 * ended.bounces, ended.closed)),
    Metric.VISIT_DURATION: lambda _, a: _of_ended(a.ended, lambda e: _rounded(e.duration_ms, 1000 * e.closed)),
    Metric.TIME_ON_PAGE: lambda c, _: _rounded(c.engaged_ms, 1000 * c.engaged_visits) if c.engaged_visits else None,
    Metric.SCROLL_DEPTH: lambda c, _: _rounded(c.scroll_depth, c.scroll_visits) if c.scroll_visits else None,
    Metric.ENTRIES: lambda _, a: a.ended.visits if a.ended else None,
    Metric.EXITS: lambda _, a: a.left.visits if a.left else None,
    Metric.CONVERSIONS: lambda c, _: c.events,
    Metric.CONVERSION_RATE: lambda c, a: _percent(c.visitors, (a.able or a.everybody).visitors, 2),
    Metric.GROUP_CONVERSION_RATE: lambda c, a: _percent(c.visitors, (a.group or a.able or a.everybody).visitors, 2),
    Metric.PERCENTAGE: lambda c, a: _percent(c.visitors, a.everybody.visitors, 1),
    # A float prints every amount of up to 15 digits exactly, to the last minor unit.
    Metric.REVENUE: lambda c, a: c.revenue_minor / 10**a.decimals,
    Metric.AVERAGE_REVENUE: lambda c, a: _mean_amount(c, a.decimals),
}


_OF_VISITS = frozenset(
    {
        *(Metric.VISITORS, Metric.VISITS, Metric.PAGEVIEWS, Metric.EVENTS),
        *(Metric.BOUNCE_RATE, Metric.VISIT_DURATION, Metric.PERCENTAGE),
    }
)
_OF_EVENTS = {
    Dimension.PAGE: frozenset({Metric.PAGEVIEWS, Metric.EVENTS}),
    Dimension.HOSTNAME: frozenset({Metric.PAGEVIEWS, Metric.EVENTS}),
    Dimension.NAME: frozenset({Metric.EVENTS}),
}


def adding_up(dimension: Dimension) -> frozenset[Metric]:
    """Metrics of "(other)": those of the totals without all rows. `visitors` is "at least" there; pageviews are also
    those that were dropped from rows of few, so they cannot be divided by its visits.

    Empty where rows do not add up to the totals: an event may reach several goals, or have no value of a property.
    """
    return _OF_VISITS if TRAITS[dimension].scope is Scope.VISIT else _OF_EVENTS.get(dimension, frozenset())


def _views_per_visit(counters: Counters) -> Number:
    whole = counters.visits - counters.thin_visits
    if whole:
        return round(counters.pageviews / whole, 2)
    return None if counters.visits else 0.0


def _of_ended(ended: Counters | None, compute: Callable[[Counters], int]) -> Number:
    if ended is None or (ended.thin_visits and not ended.closed):
        return None
    return compute(ended)


def _percent(part: int, whole: int, decimals: int) -> float:
    return round(100 * part / whole, decimals) if whole else 0.0


def _mean_amount(counters: Counters, decimals: int) -> Number:
    return round(counters.revenue_minor / counters.events / 10**decimals, decimals) if counters.events else None


def _rounded(numerator: int, denominator: int) -> int:
    """Quotient rounded to the nearest whole number, halves to the even one, as Plausible's numbers are.

    0 where nothing has ended yet.
    """
    return round(numerator / denominator) if denominator else 0

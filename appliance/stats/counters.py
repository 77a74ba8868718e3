"""Counters of one row of an answer, and the metrics made of them. Pure."""

from collections.abc import Callable
from typing import NamedTuple

from appliance.stats.contract import Metric

Number = int | float | None


class Counters(NamedTuple):
    """Sums over the cells of a row, named as the columns in ClickHouse. Totals have none of the last five."""

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


NOTHING = Counters(0, 0, 0, 0, 0, 0, 0)


class Around(NamedTuple):
    """What a metric may need beside the counters of its row."""

    ended: Counters | None
    """Of the visits whose bounces and durations count: the row itself, the visits that entered on the page, or None
    if nobody did."""
    everybody: Counters = NOTHING
    """Totals of the row's time."""
    decimals: int = 0
    """Digits behind the point of the row's currency."""


def metric(name: Metric, counters: Counters, around: Around) -> Number:
    """One metric of a row.

    >>> metric(Metric.BOUNCE_RATE, NOTHING, Around(Counters(3, 3, 4, 4, 3, 2, 61_500)))
    67
    """
    compute = _COMPUTED.get(name)
    return compute(counters, around) if compute else int(getattr(counters, name.value))


_COMPUTED: dict[Metric, Callable[[Counters, Around], Number]] = {
    Metric.VIEWS_PER_VISIT: lambda c, _: round(c.pageviews / c.visits, 2) if c.visits else 0.0,
    Metric.BOUNCE_RATE: lambda _, a: None if a.ended is None else _rounded(100 * a.ended.bounces, a.ended.closed),
    Metric.VISIT_DURATION: lambda _, a: (
        None if a.ended is None else _rounded(a.ended.duration_ms, 1000 * a.ended.closed)
    ),
    Metric.TIME_ON_PAGE: lambda c, _: _rounded(c.engaged_ms, 1000 * c.engaged_visits) if c.engaged_visits else None,
    Metric.SCROLL_DEPTH: lambda c, _: _rounded(c.scroll_depth, c.scroll_visits) if c.scroll_visits else None,
    Metric.CONVERSIONS: lambda c, _: c.events,
    Metric.CONVERSION_RATE: lambda c, a: _percent(c.visitors, a.everybody.visitors, 2),
    Metric.PERCENTAGE: lambda c, a: _percent(c.visitors, a.everybody.visitors, 1),
    # A float prints every amount of up to 15 digits exactly, to the last minor unit.
    Metric.REVENUE: lambda c, a: c.revenue_minor / 10**a.decimals,
}


def _percent(part: int, whole: int, decimals: int) -> float:
    return round(100 * part / whole, decimals) if whole else 0.0


def _rounded(numerator: int, denominator: int) -> int:
    """Quotient rounded to the nearest whole number, halves to the even one, as Plausible's numbers are.

    0 where nothing has ended yet.
    """
    return round(numerator / denominator) if denominator else 0

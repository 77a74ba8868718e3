"""Counters of one row of an answer, and the metrics made of them. Pure."""

from typing import NamedTuple

from appliance.stats.contract import Metric

Number = int | float | None


class Counters(NamedTuple):
    """Sums over the cells of a row, named as the columns in ClickHouse."""

    visitors: int
    visits: int
    pageviews: int
    events: int
    closed: int
    bounces: int
    duration_ms: int


NOTHING = Counters(0, 0, 0, 0, 0, 0, 0)


def metric(name: Metric, counters: Counters, ended: Counters | None) -> Number:
    """One metric.

    Args:
        counters: of the row.
        ended: of the visits whose bounces and durations count: the row itself, the visits that entered on the
            page, or None if nobody did.

    >>> metric(Metric.BOUNCE_RATE, NOTHING, Counters(3, 3, 4, 4, 3, 2, 61_500))
    67
    """
    if name is Metric.VIEWS_PER_VISIT:
        return round(counters.pageviews / counters.visits, 2) if counters.visits else 0.0
    if name is Metric.BOUNCE_RATE:
        return None if ended is None else _rounded(100 * ended.bounces, ended.closed)
    if name is Metric.VISIT_DURATION:
        return None if ended is None else _rounded(ended.duration_ms, 1000 * ended.closed)
    return int(getattr(counters, name.value))


def _rounded(numerator: int, denominator: int) -> int:
    """Quotient rounded to the nearest whole number, halves to the even one, as Plausible's numbers are.

    0 where nothing has ended yet.
    """
    return round(numerator / denominator) if denominator else 0

"""Sums facts into cells in plain Python: what the views in ClickHouse are meant to do, for singles and totals."""

from collections import Counter, defaultdict
from collections.abc import Mapping

from appliance.dimensions import Dimension
from appliance.facts import FactBatch, Phase

Counters = Counter[str]
Cells = dict[tuple[int, str], Counters]


def fold(facts: FactBatch) -> tuple[Counters, Cells]:
    """Totals and single cells of all facts, zero counters left out."""
    totals: Counters = Counter()
    cells: Cells = defaultdict(Counter)
    for visit in facts.visits:
        if visit.phase == Phase.START:
            totals.update(visitors=int(visit.bit == 1), visits=1)
        else:
            totals.update(closed=1, bounces=visit.bounces, duration_ms=visit.duration_ms)
        for dimension, value, mask in ((a.dimension, a.value, a.mask) for a in visit.attributes):
            cell = cells[dimension, value]
            new = int(mask & ~visit.bit == 0)
            if visit.phase == Phase.START:
                cell.update(visitors=new, visits=1)
                continue
            cell.update(closed=1, bounces=visit.bounces, duration_ms=visit.duration_ms)
            if dimension == Dimension.EXIT_PAGE:
                cell.update(visitors=new, visits=1, pageviews=visit.pageviews, events=visit.events)
    for event in facts.events:
        totals.update(pageviews=event.pageviews, events=event.events, visitors_hour=event.visitors_hour)
        for attribute in event.visit_attributes:
            cells[attribute.dimension, attribute.value].update(pageviews=event.pageviews, events=event.events)
        for attribute in event.event_attributes:
            cells[attribute.dimension, attribute.value].update(
                visitors=int(attribute.mask == 0),
                visits=int(attribute.mask & event.bit == 0),
                pageviews=event.pageviews,
                events=event.events,
                engaged_ms=event.engaged_ms,
                engaged_visits=event.engaged_visits,
                scroll_depth=event.scroll_depth,
                scroll_visits=event.scroll_visits,
                revenue_minor=event.revenue_minor * (attribute.dimension == Dimension.CURRENCY),
            )
    return +totals, {key: non_zero(counters) for key, counters in cells.items()}


def non_zero(counters: Mapping[str, int]) -> Counters:
    """Counters without zeros; a refund is negative revenue and stays."""
    return Counter({name: number for name, number in counters.items() if number})

"""Sums facts into cells in plain Python: what the views in ClickHouse are meant to do, for singles and totals."""

from collections import Counter, defaultdict

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
        totals.update(pageviews=event.pageviews, events=1, visitors_hour=event.visitors_hour)
        for attribute in event.visit_attributes:
            cells[attribute.dimension, attribute.value].update(pageviews=event.pageviews, events=1)
        for attribute in event.event_attributes:
            cells[attribute.dimension, attribute.value].update(
                visitors=int(attribute.mask == 0),
                visits=int(attribute.mask & event.bit == 0),
                pageviews=event.pageviews,
                events=1,
            )
    return +totals, {key: +counters for key, counters in cells.items()}

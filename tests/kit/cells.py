"""Sums facts into cells in plain Python: what the views in ClickHouse are meant to do, for singles and totals."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from itertools import combinations

from appliance.dimensions import Dimension
from appliance.facts import Attribute, EventFact, FactBatch, Phase

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
        for attribute in event.visit_attributes if event.events else []:
            cells[attribute.dimension, attribute.value].update(pageviews=event.pageviews, events=event.events)
        for attribute in event.event_attributes:
            cells[attribute.dimension, attribute.value].update(
                visitors=int(attribute.mask == 0),
                visits=int(attribute.mask & event.bit == 0),
                pageviews=event.pageviews,
                events=event.events,
                engaged_ms=event.engaged_ms * (attribute.dimension == Dimension.PAGE),
                engaged_visits=event.engaged_visits * (attribute.dimension == Dimension.PAGE),
                scroll_depth=event.scroll_depth * (attribute.dimension == Dimension.PAGE),
                scroll_visits=event.scroll_visits * (attribute.dimension == Dimension.PAGE),
                revenue_minor=event.revenue_minor * (attribute.dimension == Dimension.CURRENCY),
            )
    return +totals, {key: found for key, counters in cells.items() if (found := non_zero(counters))}


Pairs = dict[tuple[int, str, int, str], Counters]
_IMPLIED = {(30, 31), (30, 32), (31, 32), (33, 34), (35, 36)}
"""Region with country, city with either, versions with their families."""


def fold_pairs(facts: FactBatch) -> Pairs:
    """Cells of two attributes, of visits (from `pairs`) and of events."""
    cells: Pairs = defaultdict(Counter)
    for visit in facts.pairs:
        for a, b in combinations(sorted(visit.attributes, key=lambda one: one.dimension), 2):
            if (a.dimension, b.dimension) not in _IMPLIED:
                cells[a.dimension, a.value, b.dimension, b.value].update(
                    visitors=int(a.mask & b.mask & ~visit.bit == 0),
                    visits=1,
                    closed=1,
                    pageviews=visit.pageviews,
                    events=visit.events,
                    bounces=visit.bounces,
                    duration_ms=visit.duration_ms,
                )
    for event in facts.events:
        for own in event.event_attributes:
            for other in event.visit_attributes:
                cells[own.dimension, own.value, other.dimension, other.value].update(
                    _of_event(event, own, own.mask & (other.mask | event.bit))
                )
        for pair in event.event_pairs:
            counted = _of_event(event, Attribute(0, "", pair.mask), pair.mask)
            counted["revenue_minor"] = event.revenue_minor * (pair.other_dimension == Dimension.CURRENCY)
            cells[pair.dimension, pair.value, pair.other_dimension, pair.other_value].update(counted)
    return {key: found for key, counters in cells.items() if (found := non_zero(counters))}


def _of_event(event: EventFact, own: Attribute, earlier: int) -> dict[str, int]:
    on_page = int(own.dimension == Dimension.PAGE)
    return {
        "visitors": int(earlier == 0),
        "visits": int(own.mask & event.bit == 0),
        "pageviews": event.pageviews,
        "events": event.events,
        "engaged_ms": event.engaged_ms * on_page,
        "engaged_visits": event.engaged_visits * on_page,
        "scroll_depth": event.scroll_depth * on_page,
        "scroll_visits": event.scroll_visits * on_page,
        "revenue_minor": event.revenue_minor * (own.dimension == Dimension.CURRENCY),
    }


def non_zero(counters: Mapping[str, int]) -> Counters:
    """Counters without zeros; a refund is negative revenue and stays."""
    return Counter({name: number for name, number in counters.items() if number})

"""Puts the rows of two ranges beside each other. Pure."""

import msgspec

from appliance.stats.comparisons import beside, change
from appliance.stats.contract import TIMES, Compared, ComparedMeta, Row
from appliance.stats.counters import NOTHING, Number
from appliance.stats.plan import Plan
from appliance.stats.ranges import DateRange
from appliance.stats.rows import Draft, Found, as_row, names, total_row


def compared_meta(other: DateRange, before: Found) -> ComparedMeta:
    """How to read the numbers of the other range."""
    return ComparedMeta([day.isoformat() for day in other], before.hidden, before.partial or None)


def compared_rows(plan: Plan, page: list[Row], days: DateRange, other: DateRange, before: list[Draft]) -> list[Row]:
    """Rows with those of the other range beside them. Only totals are known to be nothing where there is no row."""
    found = {tuple(names(plan, row)): row for row in before}
    label = beside(plan.time, days, other)
    at = next((place for place, name in enumerate(plan.dimensions) if name in TIMES), None)
    compared = []
    for row in page:
        there = row.dimensions.copy()
        if at is not None:
            there[at] = label(there[at]) or ""
        is_there = at is None or there[at]
        nothing: list[Number] = [None] * len(plan.metrics)
        if not plan.attributes and is_there:
            nothing = as_row(plan, total_row("", NOTHING)).metrics
        metrics = as_row(plan, found[tuple(there)]).metrics if tuple(there) in found else nothing
        changes = [change(*each) for each in zip(plan.metrics, row.metrics, metrics, strict=True)]
        compared.append(msgspec.structs.replace(row, comparison=Compared(there, metrics, changes)))
    return compared

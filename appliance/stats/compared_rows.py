"""Puts the rows of two ranges beside each other. Pure."""

import msgspec

from appliance.stats.comparisons import beside, change
from appliance.stats.contract import TIMES, Compared, ComparedMeta, Row
from appliance.stats.counters import NOTHING, Number
from appliance.stats.plan import Plan
from appliance.stats.ranges import DateRange
from appliance.stats.rows import Found, total_row


def compared_meta(other: DateRange, before: Found) -> ComparedMeta:
    """How to read the numbers of the other range."""
    return ComparedMeta([day.isoformat() for day in other], before.hidden, before.partial or None)


def compared_rows(plan: Plan, page: list[Row], days: DateRange, other: DateRange, before: list[Row]) -> list[Row]:
    """Rows with those of the other range beside them. Only totals are known to be nothing where there is no row."""
    found = {tuple(row.dimensions): row for row in before}
    label = beside(plan.time, days, other)
    at = next((place for place, name in enumerate(plan.dimensions) if name in TIMES), None)
    compared = []
    for row in page:
        names = row.dimensions.copy()
        if at is not None:
            names[at] = label(names[at]) or ""
        is_there = at is None or names[at]
        nothing: list[Number] = [None] * len(plan.metrics)
        if not plan.attributes and is_there:
            nothing = total_row(plan, "", NOTHING).metrics
        metrics = found[tuple(names)].metrics if tuple(names) in found else nothing
        changes = [change(*each) for each in zip(plan.metrics, row.metrics, metrics, strict=True)]
        compared.append(msgspec.structs.replace(row, comparison=Compared(names, metrics, changes)))
    return compared

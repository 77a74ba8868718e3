"""Answers in the shape of Plausible's older API (v1), made of answers of v2. Pure."""

import msgspec

from appliance.dimensions import PROPERTY_PREFIX
from appliance.stats.contract import Answer, Meta, Metric
from appliance.stats.counters import Number
from appliance.stats.csv_answers import table

_COUNTED = frozenset({Metric.VISITORS, Metric.VISITS, Metric.PAGEVIEWS, Metric.EVENTS})

LegacyRow = dict[str, str | int | float | None]
"""Metrics by name; a series has `date` beside them, a breakdown the property without what stands before its colon."""


class LegacyNumber(msgspec.Struct, frozen=True):
    """A metric of `aggregate`."""

    value: int | float | None
    change: int | float | msgspec.UnsetType | None = msgspec.UNSET
    """Since the period before, in percent; rates in percentage points. Only with `compare`."""


class LegacyAggregate(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/stats/aggregate`: each metric under its name."""

    results: dict[str, LegacyNumber]
    meta: Meta


class LegacyRows(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/stats/timeseries` and `GET /api/v1/stats/breakdown`."""

    results: list[LegacyRow]
    meta: Meta


def as_aggregate(answer: Answer) -> LegacyAggregate:
    """Numbers of the whole period."""
    (row,) = answer.results
    names = answer.query["metrics"]
    changes = row.comparison.change if row.comparison else [msgspec.UNSET] * len(names)
    numbers = map(LegacyNumber, row.metrics, changes)
    return LegacyAggregate(dict(zip(names, numbers, strict=True)), answer.meta)


def as_timeseries(answer: Answer) -> LegacyRows:
    """A row for each label of the period.

    Without filters a label that has no row had nobody; with filters it may be hidden, hence null.
    """
    names = answer.query["metrics"]
    found = {row.dimensions[0]: row.metrics for row in answer.results}
    is_known = not answer.query["filters"]
    missing: list[Number] = [0 if is_known and name in _COUNTED else None for name in names]
    rows: list[LegacyRow] = [
        {"date": label} | dict(zip(names, found.get(label, missing), strict=True))
        for label in answer.meta.time_labels or ()
    ]
    return LegacyRows(rows, msgspec.structs.replace(answer.meta, time_labels=None))


def as_breakdown(answer: Answer) -> LegacyRows:
    """A row for each value of the property."""
    names = answer.query["metrics"]
    (dimension,) = answer.query["dimensions"]
    key = (
        dimension.removeprefix(PROPERTY_PREFIX)
        if dimension.startswith(PROPERTY_PREFIX)
        else dimension.rpartition(":")[2]
    )
    if key in names:  # a property that is called as a metric
        key = dimension
    rows: list[LegacyRow] = [
        {key: row.dimensions[0]} | dict(zip(names, row.metrics, strict=True)) for row in answer.results
    ]
    return LegacyRows(rows, answer.meta)


def legacy_csv(found: LegacyAggregate | LegacyRows) -> bytes:
    """One line for each row, or for each metric of an aggregate. Without rows there are no names either."""
    if isinstance(found, LegacyRows):
        return table(found.results[0] if found.results else (), (row.values() for row in found.results))
    lines = ([name, number.value, _or_none(number.change)] for name, number in found.results.items())
    return table(["metric", "value", "change"], lines)


def _or_none(number: Number | msgspec.UnsetType) -> Number:
    return None if isinstance(number, msgspec.UnsetType) else number

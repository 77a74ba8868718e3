"""Facts turned into columns, ready for a Native insert. Pure.

Types stand here, beside the code that fills them, so that no insert has to ask ClickHouse for them.
"""

from collections.abc import Sequence
from datetime import date
from operator import attrgetter
from typing import Any

import numpy as np

from appliance.facts import Attribute, EventFact, OutcomeFact, VisitFact
from appliance.warehouse.fold.cells import COUNTERS
from appliance.warehouse.fold.day import Folded

VISIT_TYPES = {
    "site": "String",
    "day": "Date",
    "hour": "UInt8",
    "phase": "UInt8",
    "bit": "UInt64",
    "dims": "Array(UInt8)",
    "vals": "Array(String)",
    "masks": "Array(UInt64)",
    "pageviews": "UInt32",
    "events": "UInt32",
    "bounces": "UInt32",
    "duration_ms": "UInt64",
}

EVENT_TYPES = {
    "site": "String",
    "day": "Date",
    "hour": "UInt8",
    "bit": "UInt64",
    "pageviews": "UInt8",
    "visitors_hour": "UInt8",
    "v_dims": "Array(UInt8)",
    "v_vals": "Array(String)",
    "v_masks": "Array(UInt64)",
    "e_dims": "Array(UInt8)",
    "e_vals": "Array(String)",
    "e_masks": "Array(UInt64)",
    "events": "UInt8",
    "engaged_ms": "UInt64",
    "engaged_visits": "UInt8",
    "scroll_depth": "UInt8",
    "scroll_visits": "UInt8",
    "revenue_minor": "Int64",
    "p_dims": "Array(UInt8)",
    "p_vals": "Array(String)",
    "p_other_dims": "Array(UInt8)",
    "p_other_vals": "Array(String)",
    "p_masks": "Array(UInt64)",
}

PAIR_TYPES = {name: kind for name, kind in VISIT_TYPES.items() if name not in ("hour", "phase")}

_PLAIN_OF_EVENTS = tuple(name for name in EVENT_TYPES if name in EventFact.__struct_fields__)

OUTCOME_TYPES = {
    "site": "String",
    "day": "Date",
    "hour": "UInt8",
    "outcome": "LowCardinality(String)",
    "hits": "UInt64",
}


CELL_TYPES = {
    "site": "String",
    "day": "Date",
    "grain": "Enum8('day' = 1, 'month' = 2)",
    "dim_a": "UInt8",
    "a": "String",
    "dim_b": "UInt8",
    "b": "String",
    **dict.fromkeys(COUNTERS, "UInt64"),
    "revenue_minor": "Int64",
}


CARRIED_TYPES = {
    "site": "String",
    "day": "Date",
    "role": "UInt8",
    "hidden": "UInt8",
    **{name: kind for name, kind in CELL_TYPES.items() if name not in ("site", "day", "grain")},
}


def closed_columns(tables: Sequence[Folded], site: str, day: date, grain: str = "day") -> dict[str, list[Any]]:
    """Columns of `cells` for folded tables of one day, or of one month under its first day."""
    sizes = [len(table.cells.a) for table in tables]
    counters = np.concatenate([table.cells.counters for table in tables])
    return {
        "site": [site] * sum(sizes),
        "day": [day] * sum(sizes),
        "grain": [grain] * sum(sizes),
        "dim_a": [int(table.table[0]) for table, size in zip(tables, sizes, strict=True) for _ in range(size)],
        "a": [value for table in tables for value in table.cells.a],
        "dim_b": [int(table.table[1]) for table, size in zip(tables, sizes, strict=True) for _ in range(size)],
        "b": [value for table in tables for value in table.cells.b],
        **{name: counters[:, number].tolist() for number, name in enumerate(COUNTERS)},
    }


def carried_columns(tables: Sequence[Folded], site: str, day: date) -> dict[str, list[Any]]:
    """Columns of `carry_open` for what folded tables of one day leave to the month."""
    sizes = [len(table.carried.a) for table in tables]
    counters = np.concatenate([table.carried.counters for table in tables])
    return {
        "site": [site] * sum(sizes),
        "day": [day] * sum(sizes),
        "role": [role for table in tables for role in table.carried.role.tolist()],
        "hidden": [bits for table in tables for bits in table.carried.hidden.tolist()],
        "dim_a": [int(table.table[0]) for table, size in zip(tables, sizes, strict=True) for _ in range(size)],
        "a": [value for table in tables for value in table.carried.a],
        "dim_b": [int(table.table[1]) for table, size in zip(tables, sizes, strict=True) for _ in range(size)],
        "b": [value for table in tables for value in table.carried.b],
        **{name: counters[:, number].tolist() for number, name in enumerate(COUNTERS)},
    }


def visit_columns(facts: Sequence[VisitFact]) -> dict[str, list[Any]]:
    """Columns of `visit_facts`."""
    plain = ("site", "day", "hour", "phase", "bit", "pageviews", "events", "bounces", "duration_ms")
    columns = _plain(facts, plain)
    columns["dims"], columns["vals"], columns["masks"] = _split([fact.attributes for fact in facts])
    return columns


def pair_columns(facts: Sequence[VisitFact]) -> dict[str, list[Any]]:
    """Columns of `pair_facts`. Attributes are in the order of their dimensions, so that each pair has one form."""
    columns = _plain(facts, [name for name in PAIR_TYPES if name in VisitFact.__struct_fields__])
    ordered = [sorted(fact.attributes, key=_dimension) for fact in facts]
    columns["dims"], columns["vals"], columns["masks"] = _split(ordered)
    return columns


def event_columns(facts: Sequence[EventFact]) -> dict[str, list[Any]]:
    """Columns of `event_facts`."""
    columns = _plain(facts, _PLAIN_OF_EVENTS)
    columns["v_dims"], columns["v_vals"], columns["v_masks"] = _split([fact.visit_attributes for fact in facts])
    columns["e_dims"], columns["e_vals"], columns["e_masks"] = _split([fact.event_attributes for fact in facts])
    pairs = [fact.event_pairs for fact in facts]
    columns["p_dims"] = [[pair.dimension for pair in of_event] for of_event in pairs]
    columns["p_vals"] = [[pair.value for pair in of_event] for of_event in pairs]
    columns["p_other_dims"] = [[pair.other_dimension for pair in of_event] for of_event in pairs]
    columns["p_other_vals"] = [[pair.other_value for pair in of_event] for of_event in pairs]
    columns["p_masks"] = [[pair.mask for pair in of_event] for of_event in pairs]
    return columns


_Split = tuple[list[int], list[str], list[int]]
_dimension = attrgetter("dimension")


def _split(lists: Sequence[list[Attribute]]) -> tuple[list[list[int]], list[list[str]], list[list[int]]]:
    """Dimensions, values and masks. Events of a visit may share one list, which is then split once."""
    known: dict[int, _Split] = {}
    for attributes in lists:
        if id(attributes) not in known:
            known[id(attributes)] = (
                [attribute.dimension for attribute in attributes],
                [attribute.value for attribute in attributes],
                [attribute.mask for attribute in attributes],
            )
    found = [known[id(attributes)] for attributes in lists]
    return [dims for dims, _, _ in found], [values for _, values, _ in found], [masks for _, _, masks in found]


def outcome_columns(facts: Sequence[OutcomeFact]) -> dict[str, list[Any]]:
    """Columns of `outcomes`."""
    return _plain(facts, ("site", "day", "hour", "outcome", "hits"))


def _plain(facts: Sequence[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    return {name: [getattr(fact, name) for fact in facts] for name in names}

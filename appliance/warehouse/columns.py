"""Facts turned into columns, ready for a Native insert. Pure.

Types stand here, beside the code that fills them, so that no insert has to ask ClickHouse for them.
"""

from collections.abc import Sequence
from typing import Any

from appliance.facts import EventFact, OutcomeFact, VisitFact

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
}

_PLAIN_OF_EVENTS = tuple(name for name in EVENT_TYPES if name in EventFact.__struct_fields__)

OUTCOME_TYPES = {
    "site": "String",
    "day": "Date",
    "hour": "UInt8",
    "outcome": "LowCardinality(String)",
    "hits": "UInt64",
}


def visit_columns(facts: Sequence[VisitFact]) -> dict[str, list[Any]]:
    """Columns of `visit_facts`."""
    plain = ("site", "day", "hour", "phase", "bit", "pageviews", "events", "bounces", "duration_ms")
    columns = _plain(facts, plain)
    columns["dims"] = [[attribute.dimension for attribute in fact.attributes] for fact in facts]
    columns["vals"] = [[attribute.value for attribute in fact.attributes] for fact in facts]
    columns["masks"] = [[attribute.mask for attribute in fact.attributes] for fact in facts]
    return columns


def event_columns(facts: Sequence[EventFact]) -> dict[str, list[Any]]:
    """Columns of `event_facts`."""
    columns = _plain(facts, _PLAIN_OF_EVENTS)
    columns["v_dims"] = [[attribute.dimension for attribute in fact.visit_attributes] for fact in facts]
    columns["v_vals"] = [[attribute.value for attribute in fact.visit_attributes] for fact in facts]
    columns["v_masks"] = [[attribute.mask for attribute in fact.visit_attributes] for fact in facts]
    columns["e_dims"] = [[attribute.dimension for attribute in fact.event_attributes] for fact in facts]
    columns["e_vals"] = [[attribute.value for attribute in fact.event_attributes] for fact in facts]
    columns["e_masks"] = [[attribute.mask for attribute in fact.event_attributes] for fact in facts]
    return columns


def outcome_columns(facts: Sequence[OutcomeFact]) -> dict[str, list[Any]]:
    """Columns of `outcomes`."""
    return _plain(facts, ("site", "day", "hour", "outcome", "hits"))


def _plain(facts: Sequence[Any], names: Sequence[str]) -> dict[str, list[Any]]:
    return {name: [getattr(fact, name) for fact in facts] for name in names}

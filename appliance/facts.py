"""Facts: what one visit or event adds to the counters. No tag in them, so the day key may die before them.

`aggregate` makes them, the outbox carries them sealed, `warehouse` inserts them into Null tables whose views
explode them into cells. Masks are those from before the fact: bit n of a mask says that the visitor's n-th
visit of the day had that value already.
"""

from enum import IntEnum

import msgspec


class Phase(IntEnum):
    """When a visit fact is made."""

    START = 1
    CLOSE = 2


class Attribute(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One non-empty value of a dimension with the mask of earlier visits that had it."""

    dimension: int
    value: str
    mask: int


class VisitFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Start or close of a visit, dated to the visit's site-local day and start hour."""

    site: str
    day: int
    """Days since 1970-01-01."""
    hour: int
    phase: int
    bit: int
    """1 << n for the visitor's n-th visit of the day."""
    attributes: list[Attribute]
    """Attributes of the visit; at close with the exit page."""
    pageviews: int = 0
    """Of the whole visit, at close; 0 at start. Likewise the next three."""
    events: int = 0
    bounces: int = 0
    duration_ms: int = 0


class AttributePair(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Two attributes of one event, the one of the smaller dimension first, with a mask of their own."""

    dimension: int
    value: str
    other_dimension: int
    other_value: str
    mask: int


class EventFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A pageview, a custom event or an engagement signal; the last has its page as only attribute of its own."""

    site: str
    day: int
    hour: int
    bit: int
    pageviews: int
    """1 for a pageview, 0 for a custom event."""
    visitors_hour: int
    """1 for the visitor's first event in this hour."""
    visit_attributes: list[Attribute]
    event_attributes: list[Attribute]
    events: int = 1
    """0 for an engagement signal."""
    engaged_ms: int = 0
    engaged_visits: int = 0
    """1 for the first visible time of this page in the visit."""
    scroll_depth: int = 0
    """Percent by which the page's greatest depth of the visit rose."""
    scroll_visits: int = 0
    """1 for the first depth of this page in the visit."""
    revenue_minor: int = 0
    event_pairs: list[AttributePair] = []


class OutcomeFact(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A number of hits of one site and hour that ended the same way."""

    site: str
    day: int
    hour: int
    outcome: str
    hits: int


class FactBatch(msgspec.Struct, array_like=True):
    """Content of one outbox entry."""

    visits: list[VisitFact] = []
    events: list[EventFact] = []
    outcomes: list[OutcomeFact] = []
    pairs: list[VisitFact] = []
    """Closes whose pairs of attributes are to be counted. They wait longer, in entries of their own: see outbox."""

    def __bool__(self) -> bool:
        return bool(self.visits or self.events or self.outcomes or self.pairs)

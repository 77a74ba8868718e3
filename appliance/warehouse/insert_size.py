"""How much memory the engine needs at most for an insert, estimated from its facts; and inserts cut to that. Pure.

A view makes a row for each cell of a fact and sums up equal ones. How many are equal is not known before, so all count
as different: then each row costs its values three times (key of the sum, column, sorted column) and its counters.
"""

from collections.abc import Callable, Iterator, Sequence
from operator import attrgetter
from typing import TypeVar

from appliance.facts import Attribute, EventFact, FactBatch, VisitFact

MAX_BYTES = 200_000_000
"""Of one insert; the engine refuses above 400 MB. Pageviews with 17 short attributes: about 6,000 at once."""
_ROW_BYTES, _COPIES = 360, 3
"""Tried with rows that are all different, 8 to 300 bytes of values each (chDB 26.9, 2026-11-29)."""
_PLAIN_BYTES = 100
"""Of a fact without a cell of its own."""

_Fact = TypeVar("_Fact")
_value, _pair_values = attrgetter("value"), attrgetter("value", "other_value")


def event_bytes(event: EventFact) -> int:
    """Of an event: each own attribute and none, with each attribute of the visit and none; and its own pairs."""
    own, visit = event.event_attributes, event.visit_attributes
    rows = (1 + len(own)) * (1 + len(visit)) + len(event.event_pairs)
    text = (1 + len(visit)) * _text(own) + (1 + len(own)) * _text(visit)
    for first, second in map(_pair_values, event.event_pairs):
        text += len(first) + len(second)
    return rows * _ROW_BYTES + _COPIES * text


def visit_bytes(visit: VisitFact) -> int:
    """Of a start or close: its single cells."""
    return _PLAIN_BYTES + len(visit.attributes) * _ROW_BYTES + _COPIES * _text(visit.attributes)


def pair_bytes(visit: VisitFact) -> int:
    """Of a close: its pairs of attributes."""
    count = len(visit.attributes)
    return count * (count - 1) // 2 * _ROW_BYTES + _COPIES * max(0, count - 1) * _text(visit.attributes)


def plain_bytes(_fact: object) -> int:
    """Of a fact that is a row itself."""
    return _PLAIN_BYTES


def batch_bytes(batch: FactBatch | None) -> int:
    """Of all facts of an entry; 0 for one that cannot be opened."""
    if batch is None:
        return 0
    return (
        sum(map(event_bytes, batch.events))
        + sum(map(visit_bytes, batch.visits))
        + sum(map(pair_bytes, batch.pairs))
        + sum(map(plain_bytes, batch.outcomes))
    )


def cut(facts: Sequence[_Fact], size_of: Callable[[_Fact], int], max_bytes: int) -> Iterator[list[_Fact]]:
    """Facts in their order, in as few pieces as keep within the bound; a piece has at least one."""
    piece: list[_Fact] = []
    size = 0
    for fact in facts:
        size += size_of(fact)
        if piece and size > max_bytes:
            yield piece
            piece, size = [], size_of(fact)
        piece.append(fact)
    if piece:
        yield piece


def _text(attributes: Sequence[Attribute]) -> int:
    """Characters; of other than Latin letters up to three bytes each, which the margin covers."""
    return sum(map(len, map(_value, attributes)))

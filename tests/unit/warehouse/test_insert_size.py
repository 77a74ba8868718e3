"""Inserts are estimated by the rows that the views make of them, and cut to what the engine can take."""

from appliance.facts import Attribute, AttributePair, EventFact, FactBatch, OutcomeFact, VisitFact
from appliance.warehouse.insert_size import (
    _COPIES,
    _PLAIN_BYTES,
    _ROW_BYTES,
    batch_bytes,
    cut,
    event_bytes,
    pair_bytes,
    visit_bytes,
)

COUNTRY, BROWSER, PAGE = Attribute(30, "FR", 0), Attribute(33, "Firefox", 0), Attribute(1, "/", 0)
VISIT = VisitFact("a", 1, 1, 1, 1, [COUNTRY, BROWSER])
EVENT = EventFact("a", 1, 1, 1, 1, 1, [COUNTRY, BROWSER], [PAGE], event_pairs=[AttributePair(1, "/", 8, "/b", 0)])
ROWS_OF_EVENT = ["FR", "Firefox", "/", "/FR", "/Firefox", "//b", ""]
"""Values of each row; the last is of no attribute at all, which is left out in the end."""


def rows(*values: str) -> int:
    return sum(_ROW_BYTES + _COPIES * len(value) for value in values)


def test_an_event_is_as_large_as_its_single_cells_and_pairs() -> None:
    assert event_bytes(EVENT) == rows(*ROWS_OF_EVENT)


def test_a_visit_is_as_large_as_its_single_cells_and_later_as_its_pairs() -> None:
    assert visit_bytes(VISIT) == _PLAIN_BYTES + rows("FR", "Firefox")
    assert pair_bytes(VISIT) == rows("FRFirefox")
    assert pair_bytes(VisitFact("a", 1, 1, 1, 1, [])) == 0


def test_an_entry_is_as_large_as_all_its_facts() -> None:
    batch = FactBatch([VISIT], [EVENT, EVENT], [OutcomeFact("a", 1, 1, "bot", 1)], [VISIT])
    expected = visit_bytes(VISIT) + 2 * event_bytes(EVENT) + _PLAIN_BYTES + pair_bytes(VISIT)
    assert batch_bytes(batch) == expected
    assert batch_bytes(None) == 0


def test_pieces_keep_the_order_and_the_bound_and_hold_one_at_least() -> None:
    assert list(cut([4, 4, 1, 1, 9, 1], int, 8)) == [[4, 4], [1, 1], [9], [1]]
    assert list(cut([], int, 8)) == []

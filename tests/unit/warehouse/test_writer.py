"""Which entries one flush takes."""

import pytest

from appliance.facts import FactBatch, OutcomeFact
from appliance.warehouse.insert_size import plain_bytes
from appliance.warehouse.writer import first_batch
from tests.kit.outbox import MemoryEntry


def entry(identifier: str, facts: int, shard: int = 0) -> MemoryEntry:
    return MemoryEntry(shard, identifier, FactBatch(outcomes=[OutcomeFact("a", 1, 1, "bot", 1)] * facts))


def taken(*waiting: MemoryEntry) -> list[tuple[int, str]]:
    return [(taken.shard, taken.id) for taken in first_batch(waiting, max_bytes=10 * plain_bytes(None))]


@pytest.mark.parametrize(
    ("waiting", "expected"),
    [
        pytest.param([], [], id="nothing waits"),
        pytest.param([("1-0", 4), ("2-0", 6)], ["1-0", "2-0"], id="exactly full"),
        pytest.param([("1-0", 4), ("2-0", 7)], ["1-0"], id="the next would be too much"),
        pytest.param([("1-0", 50), ("2-0", 1)], ["1-0"], id="one entry over the bound still goes, alone"),
        pytest.param([("10-0", 1), ("9-2", 1), ("9-10", 1)], ["9-2", "9-10", "10-0"], id="oldest first, by number"),
    ],
)
def test_bounds_the_size_of_a_flush(waiting: list[tuple[str, int]], expected: list[str]) -> None:
    assert [identifier for _, identifier in taken(*(entry(*pair) for pair in waiting))] == expected


def test_no_shard_waits_behind_a_busy_one() -> None:
    assert taken(entry("5-0", 5), entry("6-0", 5), entry("7-0", 5), entry("5-1", 5, shard=3)) == [
        (0, "5-0"),
        (3, "5-1"),
    ]


def test_entries_that_cannot_be_opened_are_taken_too() -> None:
    assert taken(MemoryEntry(1, "1-0", None)) == [(1, "1-0")]

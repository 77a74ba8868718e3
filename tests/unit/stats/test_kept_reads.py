"""What was read of closed days is read again only when it may have changed."""

from collections.abc import Callable

import numpy as np
import pytest

from appliance.errors import UnavailableError
from appliance.stats.counters import Counters
from appliance.stats.kept_reads import MOST_SECONDS, ClosedCells, KeptReads

ROW = Counters(*range(1, len(Counters._fields) + 1))


def cells(value: str = "Google") -> ClosedCells:
    return ClosedCells([(None, value)], np.array([ROW]), {None: ROW})


class World:
    """Counts what is read."""

    def __init__(self, most_bytes: int = 100_000) -> None:
        self.changes = 7
        self.now = 1000.0
        self.reads = 0
        self.kept = KeptReads(lambda: self.changes, most_bytes, lambda: self.now)

    def ask(self, key: str, *, meanwhile: Callable[[], None] = lambda: None, value: str = "Google") -> ClosedCells:
        def read() -> ClosedCells:
            self.reads += 1
            meanwhile()
            return cells(value)

        return self.kept.read(key, read)


def test_what_was_asked_before_is_not_read_again() -> None:
    world = World()
    assert world.ask("a") is world.ask("a")
    world.ask("b")
    assert world.reads == 2


def test_every_change_lets_all_be_read_anew() -> None:
    world = World()
    world.ask("a"), world.ask("b")
    world.changes += 1
    world.ask("a"), world.ask("b")
    assert world.reads == 4
    assert len(world.kept) == 2


def test_what_changed_while_it_was_read_is_not_kept() -> None:
    world = World()

    def change() -> None:
        world.changes += 1

    world.ask("a", meanwhile=change)
    assert (len(world.kept), world.kept.bytes) == (0, 0)
    world.ask("a")
    assert world.reads == 2


def test_an_answer_that_began_before_a_change_of_which_another_has_learned_is_not_kept() -> None:
    world = World()

    def change_and_learn() -> None:
        world.changes += 1
        world.ask("b")

    world.ask("a", meanwhile=change_and_learn)
    world.ask("a")
    assert world.reads == 3


def test_nothing_is_older_than_the_limit() -> None:
    world = World()
    world.ask("a")
    world.now += MOST_SECONDS + 1
    world.ask("b")
    assert len(world.kept) == 1
    world.ask("a")
    assert world.reads == 3


def test_the_longest_unasked_goes_when_there_is_no_room() -> None:
    of_one = cells().size
    world = World(most_bytes=5 * of_one)
    for key in "abcde":
        world.ask(key)
    world.ask("a")
    world.ask("f")
    assert world.kept.bytes <= 5 * of_one
    world.ask("a")
    assert world.reads == 6
    world.ask("b")
    assert world.reads == 7


def test_a_list_that_would_drive_out_all_others_is_not_kept() -> None:
    world = World(most_bytes=3 * cells().size)
    world.ask("a")
    assert (len(world.kept), world.kept.bytes) == (0, 0)


def test_bytes_are_those_of_what_is_there_and_grow_with_texts_and_rows() -> None:
    world = World()
    world.ask("a")
    world.ask("a")
    world.changes += 1
    world.ask("a")
    assert world.kept.bytes == cells().size
    assert cells("x" * 1000).size > cells().size + 900


def test_an_error_is_passed_on_and_not_kept() -> None:
    world = World()

    def fail() -> None:
        raise UnavailableError("away")

    with pytest.raises(UnavailableError):
        world.ask("a", meanwhile=fail)
    world.ask("a")
    assert world.reads == 2


def test_callers_get_a_mapping_of_their_own() -> None:
    found = cells()
    mapping = found.counters_by_key()
    assert mapping == {(None, "Google"): ROW}
    mapping.clear()
    assert found.counters_by_key()

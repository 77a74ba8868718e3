"""A closed day keeps its numbers, leaves the open table without a trace, and survives a failure at every step."""

import threading
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from appliance.errors import UnavailableError
from appliance.warehouse import close
from appliance.warehouse.client import WriteClient
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.writer import Writer
from tests.integration.warehouse.test_counting import as_date, stored_cells, stored_totals
from tests.kit.cells import fold, fold_pairs
from tests.kit.engine import Engine
from tests.kit.facts import of_site_day, random_batch
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

pytestmark = pytest.mark.clickhouse

SITE, OTHER = "a.example/b:1-c_d", "a.example"
DAY, NEXT = 20_779, 20_780
FACTS = random_batch(Random(8), 600, (SITE, OTHER), (DAY, NEXT))
OF_THE_DAY = of_site_day(FACTS, SITE, DAY)


@pytest.fixture
def filled(engine: Engine) -> Engine:
    Writer(engine.writer, MemoryOutbox([MemoryEntry(0, "1-0", FACTS)]), MemoryNote, lambda: 0.0).flush_once()
    return engine


def close_first(engine: Engine) -> dict[str, int | str | bool]:
    return close_day(engine.writer, ClosedDays(engine.writer), SITE, as_date(DAY))


def assert_numbers_are_right(engine: Engine) -> None:
    for site in (SITE, OTHER):
        for day in (DAY, NEXT):
            totals, cells = fold(of_site_day(FACTS, site, day))
            assert stored_totals(engine, site, day) == totals
            assert stored_cells(engine, site, day) == cells


def test_numbers_stay_the_same(filled: Engine) -> None:
    assert_numbers_are_right(filled)
    close_first(filled)
    assert_numbers_are_right(filled)


def test_only_the_closed_day_moves(filled: Engine) -> None:
    report = close_first(filled)
    open_days = filled.reader.query("SELECT DISTINCT site, day FROM cells_open ORDER BY site, day").rows
    closed_days = filled.reader.query("SELECT DISTINCT site, day FROM cells").rows
    assert open_days == [(OTHER, as_date(DAY)), (OTHER, as_date(NEXT)), (SITE, as_date(NEXT))]
    assert closed_days == [(SITE, as_date(DAY))]
    assert report["cells"] == len(fold(OF_THE_DAY)[1])
    assert report["cells_dropped"] == report["cells"] + len(fold_pairs(OF_THE_DAY))
    assert report["already_closed"] is False


def test_dropped_parts_are_gone_from_the_disk(filled: Engine) -> None:
    partition = filled.writer.query(
        "SELECT DISTINCT partition_id FROM system.parts WHERE table = 'cells_open' AND partition = {text:String}",
        {"text": f"('{as_date(DAY)}','{SITE}')"},
    ).rows[0][0]
    stored = filled.settings.data_dir / "clickhouse" / "store"
    assert parts_on_disk(stored, partition) != []

    report = close_first(filled)

    assert report["partition"] == partition
    assert parts_on_disk(stored, partition) == []


def parts_on_disk(stored: Path, partition: str) -> list[Path]:
    return list(stored.glob(f"*/*/*{partition}*"))


def test_closing_twice_does_nothing_the_second_time(filled: Engine) -> None:
    first, second = close_first(filled), close_first(filled)
    assert (second["already_closed"], second["cells"], second["cells_dropped"]) == (True, first["cells"], 0)
    assert_numbers_are_right(filled)


def test_a_day_without_any_cell_can_be_closed(engine: Engine) -> None:
    assert close_first(engine)["cells"] == 0


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["INSERT INTO cells", "closed_days", "ALTER TABLE cells_open"])
def test_a_close_can_be_repeated_after_a_failure_at_any_step(
    filled: Engine, monkeypatch: pytest.MonkeyPatch, step: str, committed: bool
) -> None:
    with monkeypatch.context() as patched:
        for method in ("command", "insert"):
            patched.setattr(WriteClient, method, failing(getattr(WriteClient, method), step, committed))
        with pytest.raises(UnavailableError, match="made to fail"):
            close_first(filled)
    assert_numbers_are_right(filled)

    close_first(filled)

    assert_numbers_are_right(filled)
    assert filled.reader.query("SELECT count() FROM cells_open WHERE site = {s:String} AND day = {d:Date}",
                               {"s": SITE, "d": as_date(DAY)}).rows == [(0,)]  # fmt: skip


def failing(method: Any, step: str, committed: bool) -> Any:
    def run(self: WriteClient, text: str, *args: Any, **kwargs: Any) -> None:
        mine = step in text
        if committed or not mine:
            method(self, text, *args, **kwargs)
        if mine:
            raise UnavailableError("made to fail")

    return run


def test_a_mark_that_seemed_to_fail_is_found_by_the_same_process(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = ClosedDays(filled.writer)
    with monkeypatch.context() as patched:
        patched.setattr(WriteClient, "insert", failing(WriteClient.insert, "closed_days", committed=True))
        with pytest.raises(UnavailableError):
            close_day(filled.writer, days, SITE, as_date(DAY))
    assert not days.is_closed(SITE, as_date(DAY))

    report = close_day(filled.writer, days, SITE, as_date(DAY))

    assert report["already_closed"] is True
    assert days.through(SITE) == as_date(DAY)
    assert_numbers_are_right(filled)


def test_a_move_that_lost_cells_is_not_marked(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    shortened = close._sql("move_cells").replace("WHERE", "WHERE dim_a != 1 AND")
    sql = close._sql
    monkeypatch.setattr(close, "_sql", lambda name: shortened if name == "move_cells" else sql(name))
    with pytest.raises(UnavailableError, match="did not move every cell"):
        close_first(filled)
    assert_numbers_are_right(filled)


def test_readers_see_a_closing_day_once_at_every_moment(filled: Engine) -> None:
    days = ClosedDays(filled.writer)
    expected = fold(of_site_day(FACTS, SITE, DAY))[1]
    done = threading.Event()
    answers: list[bool] = []

    def ask() -> None:
        while not done.is_set() or not answers:
            with days.reading():
                answers.append(stored_cells(filled, SITE, DAY) == expected)

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        close_day(filled.writer, days, SITE, as_date(DAY))
    finally:
        done.set()
        for reader in readers:
            reader.join(30)

    assert Counter(answers)[False] == 0

"""A closed day keeps what the fold keeps, leaves the open table without a trace, and survives a failure anywhere."""

import threading
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from appliance.dimensions import Dimension
from appliance.errors import UnavailableError
from appliance.facts import Attribute, FactBatch, Phase, VisitFact
from appliance.warehouse import closed_cells
from appliance.warehouse.client import WriteClient
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.cells import COUNTERS, Numbers, Pairs
from appliance.warehouse.fold.day import Rules, TableName, fold_day
from appliance.warehouse.writer import Writer
from tests.integration.warehouse.test_counting import as_date, stored_cells, stored_pairs, stored_totals
from tests.kit.cells import Counters, fold, fold_pairs, non_zero
from tests.kit.day_cells import as_dict
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


Cell = tuple[int, str, int, str]
RULES = Rules(5, lambda dimension, value: dimension is Dimension.COUNTRY or value == "/")


def close_first(engine: Engine) -> dict[str, int | str | bool]:
    return close_day(engine.writer, ClosedDays(engine.writer), SITE, as_date(DAY), RULES)


def open_cells(site: str, day: int) -> dict[Cell, Counters]:
    """Singles and pairs of one day, worked out from the plain sums."""
    facts = of_site_day(FACTS, site, day)
    singles = {(dimension, a, 0, ""): counters for (dimension, a), counters in fold(facts)[1].items()}
    return {**singles, **fold_pairs(facts)}


@cache
def kept_cells() -> dict[Cell, Counters]:
    """What the fold keeps of the first day."""
    totals, cells = fold(OF_THE_DAY)[0], open_cells(SITE, DAY)
    tables = sorted({(Dimension(a), Dimension(b)) for a, _, b, _ in cells})
    kept = fold_day(as_row(totals), tables, reading(cells), RULES)
    return {cell: non_zero(row) for cell, row in as_dict(kept).items()}


def reading(cells: Mapping[Cell, Counters]) -> Callable[[TableName], Pairs]:
    def read(table: TableName) -> Pairs:
        found = sorted(cell for cell in cells if (cell[0], cell[2]) == table)
        rows = np.array([as_row(cells[cell]) for cell in found])
        return Pairs([cell[1] for cell in found], [cell[3] for cell in found], rows)

    return read


def stored(engine: Engine, site: str, day: int) -> dict[Cell, Counters]:
    singles = {(dimension, a, 0, ""): counters for (dimension, a), counters in stored_cells(engine, site, day).items()}
    return {**singles, **stored_pairs(engine, site, day)}


def as_row(counters: Mapping[str, int]) -> Numbers:
    return np.array([counters.get(name, 0) for name in COUNTERS], dtype=np.int64)


def assert_numbers_are_right(engine: Engine, *, closed: bool) -> None:
    for site in (SITE, OTHER):
        for day in (DAY, NEXT):
            assert stored_totals(engine, site, day) == fold(of_site_day(FACTS, site, day))[0]
            is_closed = closed and (site, day) == (SITE, DAY)
            assert stored(engine, site, day) == (kept_cells() if is_closed else open_cells(site, day))


@pytest.mark.external
def test_closed_day_keeps_what_the_fold_keeps_and_no_other_day_changes(filled: Engine) -> None:
    assert_numbers_are_right(filled, closed=False)
    close_first(filled)
    assert_numbers_are_right(filled, closed=True)


@pytest.mark.embedded
def test_hidden_value_is_nowhere_after_the_close(filled: Engine) -> None:
    fact = VisitFact(SITE, DAY, 9, Phase.START, 1, [Attribute(int(Dimension.SOURCE), "canary.example", 0)])
    entry = MemoryEntry(0, "2-0", FactBatch([fact]))
    Writer(filled.writer, MemoryOutbox([entry]), MemoryNote, lambda: 0.0).flush_once()
    assert count_canaries(filled, "open_cells") == 1
    assert files_with_canary(filled) != []

    close_first(filled)

    assert count_canaries(filled, "open_cells") == count_canaries(filled, "cells") == 0
    assert "canary.example" not in {value for row in carried(filled) for value in (row[5], row[7])}
    assert files_with_canary(filled) == []


def files_with_canary(engine: Engine) -> list[Path]:
    files = (engine.settings.data_dir / "clickhouse" / "store").glob("**/*")
    return [path for path in files if path.is_file() and b"canary.example" in path.read_bytes()]


def count_canaries(engine: Engine, table: str) -> int:
    return int(engine.reader.query(f"SELECT countIf(a = 'canary.example') FROM {table}").rows[0][0])  # noqa: S608


@pytest.mark.external
def test_only_the_closed_day_moves(filled: Engine) -> None:
    report = close_first(filled)
    open_days = filled.reader.query("SELECT DISTINCT site, day FROM open_cells ORDER BY site, day").rows
    closed_days = filled.reader.query("SELECT DISTINCT site, day FROM cells").rows
    assert open_days == [(OTHER, as_date(DAY)), (OTHER, as_date(NEXT)), (SITE, as_date(NEXT))]
    assert closed_days == [(SITE, as_date(DAY))]
    assert report["cells"] == len(kept_cells())
    assert report["cells_dropped"] == len(open_cells(SITE, DAY))
    assert report["already_closed"] is False


@pytest.mark.embedded
def test_parts_that_held_the_day_are_gone_from_the_disk(filled: Engine) -> None:
    before = parts_on_disk(filled)
    assert before
    assert all(part.exists() for part in before)

    report = close_first(filled)

    assert report["partition"] == f"{as_date(DAY):%Y%m%d}"
    assert not any(part.exists() for part in before)
    assert not set(before) & set(parts_on_disk(filled))


@pytest.mark.embedded
def test_the_last_site_of_a_day_leaves_no_part(filled: Engine) -> None:
    close_first(filled)
    close_day(filled.writer, ClosedDays(filled.writer), OTHER, as_date(DAY), RULES)
    assert filled.writer.query(
        "SELECT sum(rows) FROM system.parts WHERE table = 'cells_running' AND partition_id = {p:String}",
        {"p": f"{as_date(DAY):%Y%m%d}"},
    ).rows == [(0,)]  # fmt: skip


def parts_on_disk(engine: Engine) -> list[Path]:
    """Directories of parts of the open cells of the first day, active or not."""
    sql = "SELECT path FROM system.parts WHERE table = 'cells_running' AND partition_id = {p:String}"
    return [Path(row[0]) for row in engine.writer.query(sql, {"p": f"{as_date(DAY):%Y%m%d}"}).rows]


@pytest.mark.external
def test_cells_that_an_earlier_version_counted_are_read_closed_and_gone(filled: Engine) -> None:
    filled.writer.command("INSERT INTO cells_open SELECT * FROM cells_running")
    filled.writer.command("TRUNCATE TABLE cells_running")
    assert_numbers_are_right(filled, closed=False)

    report = close_first(filled)

    assert report["cells_dropped"] == len(open_cells(SITE, DAY))
    assert_numbers_are_right(filled, closed=True)
    where = {"s": SITE, "d": as_date(DAY)}
    left = "SELECT count() FROM cells_open WHERE site = {s:String} AND day = {d:Date}"
    assert filled.reader.query(left, where).rows == [(0,)]


@pytest.mark.external
def test_closing_twice_does_nothing_the_second_time(filled: Engine) -> None:
    first, second = close_first(filled), close_first(filled)
    assert (second["already_closed"], second["cells"], second["cells_dropped"]) == (True, first["cells"], 0)
    assert_numbers_are_right(filled, closed=True)


def test_a_day_without_any_cell_can_be_closed(engine: Engine) -> None:
    assert close_first(engine)["cells"] == 0


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(
    "step", ["insert carry_open", "insert cells", "insert closed_days", "INTO carry", "OPTIMIZE", "drop carry_open",
             "drop cells_open", "DELETE IN PARTITION"],
)  # fmt: skip
def test_a_close_can_be_repeated_after_a_failure_at_any_step(
    filled: Engine, monkeypatch: pytest.MonkeyPatch, step: str, committed: bool
) -> None:
    with monkeypatch.context() as patched:
        for method in ("command", "insert"):
            patched.setattr(WriteClient, method, failing(getattr(WriteClient, method), step, committed))
        with pytest.raises(UnavailableError, match="made to fail"):
            close_first(filled)
    assert_numbers_are_right(filled, closed=ClosedDays(filled.writer).is_closed(SITE, as_date(DAY)))

    close_first(filled)

    assert_numbers_are_right(filled, closed=True)
    assert filled.reader.query("SELECT count() FROM open_cells WHERE site = {s:String} AND day = {d:Date}",
                               {"s": SITE, "d": as_date(DAY)}).rows == [(0,)]  # fmt: skip
    assert carried(filled) == left_for_the_month()


def stored_days(client: WriteClient) -> bool:
    """Whether a day is marked: before that, partitions are dropped to begin anew."""
    return bool(client.query("SELECT count() FROM closed_days").rows[0][0])


def carried(engine: Engine) -> dict[tuple[Any, ...], list[int]]:
    """The rows of `carry`; nothing waits in `carry_open` any more."""
    assert engine.writer.query("SELECT count() FROM carry_open").rows == [(0,)]
    sums = ", ".join(f"sum({name})" for name in COUNTERS)
    key = "site, month, role, hidden, dim_a, a, dim_b, b"
    rows = engine.writer.query(f"SELECT {key}, sum(days), {sums} FROM carry GROUP BY {key}").rows  # noqa: S608
    return {tuple(row[:8]): [int(number) for number in row[8:]] for row in rows}


@cache
def left_for_the_month() -> dict[tuple[Any, ...], list[int]]:
    """What the fold says of the first day."""
    totals, cells = fold(OF_THE_DAY)[0], open_cells(SITE, DAY)
    tables = sorted({(Dimension(a), Dimension(b)) for a, _, b, _ in cells})
    rows = {}
    for one in fold_day(as_row(totals), tables, reading(cells), RULES, carries=True):
        for role, hidden, days, a, b, counters in zip(*one.carried, strict=True):
            key = (SITE, as_date(DAY).replace(day=1), role, hidden, one.table[0], a, one.table[1], b)
            rows[key] = [days * (counters[0] > 0), *counters.tolist()]
    return rows


def failing(method: Any, step: str, committed: bool) -> Any:
    def run(self: WriteClient, text: str, *args: Any, **kwargs: Any) -> None:
        verb, _, table = step.partition(" ")
        dropped = "DROP PARTITION" in text and args[0]["table"] == table and stored_days(self)
        mine = text == table if verb == "insert" else dropped if verb == "drop" else step in text
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
        patched.setattr(WriteClient, "insert", failing(WriteClient.insert, "insert closed_days", committed=True))
        with pytest.raises(UnavailableError):
            close_day(filled.writer, days, SITE, as_date(DAY), RULES)
    assert not days.is_closed(SITE, as_date(DAY))

    report = close_day(filled.writer, days, SITE, as_date(DAY), RULES)

    assert report["already_closed"] is True
    assert days.through(SITE) == as_date(DAY)
    assert_numbers_are_right(filled, closed=True)


@pytest.mark.external
def test_a_close_that_died_between_two_inserts_leaves_nothing_twice(
    filled: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(closed_cells, "INSERT_ROWS", 400)
    insert, left = WriteClient.insert, [3]

    def dying(self: WriteClient, *args: Any, **kwargs: Any) -> None:
        insert(self, *args, **kwargs)
        left[0] -= args[0] == "cells"
        if not left[0]:
            raise UnavailableError("made to fail")

    with monkeypatch.context() as patched:
        patched.setattr(WriteClient, "insert", dying)
        with pytest.raises(UnavailableError, match="made to fail"):
            close_first(filled)
    assert filled.reader.query("SELECT count() > 2 FROM cells").rows == [(1,)]
    assert_numbers_are_right(filled, closed=False)

    close_first(filled)

    assert_numbers_are_right(filled, closed=True)


def test_a_close_that_lost_cells_is_not_marked(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    insert = WriteClient.insert

    def losing(self: WriteClient, table: str, types: Any, columns: Any, token: str) -> None:
        kept = {name: values[1:] if table == "cells" else values for name, values in columns.items()}
        insert(self, table, types, kept, token)

    with monkeypatch.context() as patched:
        patched.setattr(WriteClient, "insert", losing)
        with pytest.raises(UnavailableError, match="did not keep every cell"):
            close_first(filled)
    assert_numbers_are_right(filled, closed=False)


def test_readers_see_a_closing_day_once_at_every_moment(filled: Engine) -> None:
    days = ClosedDays(filled.writer)
    expected = (open_cells(SITE, DAY), kept_cells())
    done = threading.Event()
    answers: list[bool] = []

    def ask() -> None:
        while not done.is_set() or not answers:
            with days.reading():
                answers.append(stored(filled, SITE, DAY) in expected)

    readers = [threading.Thread(target=ask) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        close_day(filled.writer, days, SITE, as_date(DAY), RULES)
    finally:
        done.set()
        for reader in readers:
            reader.join(30)

    assert Counter(answers)[False] == 0


@pytest.mark.embedded
def test_rows_that_come_while_a_day_is_dropped_wait_and_stay(filled: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another site's rows arrive between the look for others and the drop."""
    close_day(filled.writer, ClosedDays(filled.writer), OTHER, as_date(DAY), RULES)
    fact = VisitFact("late.example", DAY, 9, Phase.START, 1, [Attribute(int(Dimension.SOURCE), "a", 0)])
    entry = MemoryEntry(0, "9-0", FactBatch([fact]))
    writer = Writer(filled.writer, MemoryOutbox([entry]), MemoryNote, lambda: 0.0)
    other = threading.Thread(target=writer.flush_once)
    command = WriteClient.command

    def late(self: WriteClient, sql: str, *args: Any, **kwargs: Any) -> None:
        if "cells_running DROP PARTITION" in sql:
            other.start()
            other.join(0.5)
            assert other.is_alive()
        command(self, sql, *args, **kwargs)

    monkeypatch.setattr(WriteClient, "command", late)
    close_first(filled)
    other.join()
    left = filled.reader.query("SELECT DISTINCT site FROM cells_running WHERE day = {d:Date}", {"d": as_date(DAY)})
    assert left.rows == [("late.example",)]

"""What leaves ClickHouse for a backup is exactly what is closed, and comes back as it was."""

from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from appliance.errors import UnavailableError
from appliance.warehouse import export
from appliance.warehouse.client import open_writer
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.export import KINDS, LEFT_OUT, plan_export, read_piece, tables_with_rows, write_piece
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.migrations import migrate
from appliance.warehouse.writer import Writer
from tests.integration.warehouse.test_counting import as_date
from tests.kit.clickhouse_server import running_clickhouse
from tests.kit.engine import STORED, Engine, engine_settings
from tests.kit.facts import random_batch
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

pytestmark = pytest.mark.clickhouse

SITES, DAYS = ("a.example/b:1-c_d", "b'\\.example"), (20_779, 20_800)
RULES = Rules(2, lambda _dimension, value: value == "/")
CLOSED = [(SITES[0], as_date(DAYS[0])), (SITES[0], as_date(DAYS[1])), (SITES[1], as_date(DAYS[0]))]
OPEN = (SITES[1], as_date(DAYS[1]))
MONTH = date(2026, 11, 1)
OUTCOME = {"site": "String", "day": "Date", "hour": "UInt8", "outcome": "LowCardinality(String)", "hits": "UInt64"}


@pytest.fixture
def filled(engine: Engine) -> Engine:
    """Three closed days in two months, one that is not, one month that is closed and one that is being closed."""
    engine.empty()
    facts = random_batch(Random(8), 400, SITES, DAYS)
    Writer(engine.writer, MemoryOutbox([MemoryEntry(0, "1-0", facts)]), MemoryNote, lambda: 0.0).flush_once()
    for token in ("one", "two"):  # equal rows in two parts
        row = {"site": [SITES[0]], "day": [as_date(DAYS[0])], "hour": [0], "outcome": ["bot"], "hits": [3]}
        engine.writer.insert("outcomes", OUTCOME, row, token=token)
    closed_days = ClosedDays(engine.writer)
    for site, day in CLOSED:
        close_day(engine.writer, closed_days, site, day, RULES)
    for site, month in ((SITES[0], MONTH), (SITES[1], MONTH.replace(month=12))):
        engine.writer.command(
            "INSERT INTO cells SELECT * REPLACE ('month' AS grain, {month:Date} AS day) FROM cells AS c "
            "WHERE site = {site:String} AND c.grain = 'day' LIMIT 9",
            {"site": site, "month": month},
        )
    closed_days.mark_month(SITES[0], MONTH)
    return engine


def rows(engine: Engine, where: str = "1") -> dict[str, list[tuple[Any, ...]]]:
    tables = sorted({*KINDS.values()})
    return {
        table: sorted(engine.writer.query(f"SELECT * FROM {table} FINAL WHERE {where}").rows, key=repr)  # noqa: S608
        for table in tables
    }


def exported(engine: Engine) -> list[tuple[str, bytes]]:
    return [(piece.kind, read_piece(engine.writer, piece)) for piece in plan_export(engine.writer).pieces]


@pytest.mark.external
def test_closed_days_come_back_as_they_were_and_nothing_else_does(filled: Engine, monkeypatch) -> None:
    monkeypatch.setattr(export, "_PIECE_ROWS", 1)
    before = rows(filled)
    plan = plan_export(filled.writer)
    assert (plan.closed, plan.left_out) == (CLOSED, [OPEN])
    assert {piece.kind for piece in plan.pieces} == {*KINDS}
    assert sum(piece.kind == "day_cells" for piece in plan.pieces) == len(CLOSED)  # a piece each
    pieces = exported(filled)
    filled.empty()
    assert tables_with_rows(filled.writer) == []
    for kind, blocks in pieces:
        write_piece(filled.writer, kind, blocks)
    after = rows(filled)
    assert tables_with_rows(filled.writer) == sorted({*KINDS.values()})
    assert after["closed_days"] == before["closed_days"]
    assert after["closed_months"] == before["closed_months"]
    assert any(row[4:5] == (6,) for row in after["outcomes"])  # both parts
    for table in ("totals_hour", "outcomes"):
        assert after[table] == [row for row in before[table] if row[:2] != OPEN]
        assert len(after[table]) < len(before[table]) or table == "outcomes"
    unmarked = (SITES[1], MONTH.replace(month=12), "month")
    assert after["cells"] == [row for row in before["cells"] if row[:3] != unmarked]
    assert len(after["cells"]) == len(before["cells"]) - 9


def test_what_is_planned_is_read_though_counting_and_closing_go_on(filled: Engine) -> None:
    expected = by_kind(exported(filled))
    plan = plan_export(filled.writer)
    facts = random_batch(Random(9), 50, SITES[1:], (DAYS[1], DAYS[1] + 1))
    Writer(filled.writer, MemoryOutbox([MemoryEntry(0, "2-0", facts)]), MemoryNote, lambda: 0.0).flush_once()
    close_day(filled.writer, ClosedDays(filled.writer), *OPEN, RULES)
    read = by_kind([(piece.kind, read_piece(filled.writer, piece)) for piece in plan.pieces])
    assert read == expected
    assert len(plan_export(filled.writer).closed) == len(plan.closed) + 1


def by_kind(pieces: list[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for kind, blocks in pieces:
        found.setdefault(kind, []).append(blocks)
    return found


def test_every_table_is_either_exported_or_left_out_on_purpose(engine: Engine) -> None:
    found = engine.writer.query(
        "SELECT name FROM system.tables WHERE database = currentDatabase() AND match(engine, 'MergeTree$')"
    )
    assert {name for (name,) in found.rows} == {*KINDS.values(), *LEFT_OUT}
    assert {*STORED} == {*KINDS.values(), *LEFT_OUT} - {"schema_migrations"}


def test_equal_counters_give_equal_bytes(filled: Engine) -> None:
    filled.writer.command("OPTIMIZE TABLE cells FINAL")
    assert exported(filled) == exported(filled)


def test_piece_whose_answer_is_lost_is_not_sent_again(filled: Engine, tmp_path: Path) -> None:
    pieces = [blocks for kind, blocks in exported(filled) if kind == "totals_hour"]
    sent = filled.writer.query("SELECT sum(events) FROM totals_hour WHERE (site, day) IN closed_days").rows
    with running_clickhouse(tmp_path) as server:
        settings = engine_settings(tmp_path, url=server.url, ca_file=str(server.ca_file))
        writer = open_writer(settings)
        migrate(writer)
        server.fail(lost_answers=len(pieces))
        for piece in pieces:
            with pytest.raises(UnavailableError):
                write_piece(writer, "totals_hour", piece)
        assert server.fail()["seen"] == len(pieces)
        assert writer.query("SELECT sum(events) FROM totals_hour").rows == sent
        writer.close()

"""What is older than its limit is gone from every part, whatever failed on the way; everything else stays as it was."""

from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest

from appliance.errors import UnavailableError
from appliance.warehouse import retention
from appliance.warehouse.client import WriteClient
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules as Fold
from appliance.warehouse.retention import STOCKS, UNDATED, Rule, delete_expired, look
from appliance.warehouse.writer import Writer
from tests.integration.warehouse.test_close import failing
from tests.integration.warehouse.test_counting import as_date
from tests.kit.engine import Engine
from tests.kit.facts import random_batch
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

pytestmark = pytest.mark.clickhouse

SITES = ("a.example", "b.example/it's")
FIRST = date(2024, 9, 28)
DAYS = tuple((FIRST + timedelta(days=n) - date(1970, 1, 1)).days for n in (0, 2, 3, 5, 40, 780))
CUTOFF = date(2024, 10, 1)
EVERYTHING = Fold(0, lambda *_: True)
TABLES = ("totals_hour", "cells", "cells_running", "closed_days", "outcomes")
KINDS = ("hour_totals", "day_cells", "month_cells", "outcomes")


def rules(cutoff: date = CUTOFF, kinds: tuple[str, ...] = KINDS) -> list[Rule]:
    return [Rule(kind, cutoff, (), listed=False) for kind in kinds]


@pytest.fixture
def filled(engine: Engine) -> Engine:
    batch = random_batch(Random(5), 150, SITES, DAYS)
    Writer(engine.writer, MemoryOutbox([MemoryEntry(0, "1-0", batch)]), MemoryNote, lambda: 0.0).flush_once()
    days = ClosedDays(engine.writer)
    for site, n in ((SITES[0], 1), (SITES[0], 2), (SITES[0], 3), (SITES[1], 1), (SITES[1], 3)):
        close_day(engine.writer, days, site, as_date(DAYS[n]), EVERYTHING)  # the first stays open by mistake
    return engine


def _select(what: str, table: str, where: str = "1") -> str:
    return f"SELECT {what} FROM {table} WHERE {where}"  # noqa: S608  the test's own words


def rows(engine: Engine, table: str, where: str = "1") -> int:
    return int(engine.writer.query(_select("count()", table, where)).rows[0][0])


def contents(engine: Engine, where: str) -> dict[str, Any]:
    """Every row of every table, as summed by the engine."""
    return {
        table: engine.writer.query(_select("*", f"{table} FINAL", where) + " ORDER BY ALL").rows for table in TABLES
    }


def parts_on_disk(engine: Engine, month: str) -> list[Path]:
    return list((engine.settings.data_dir / "clickhouse" / "store").glob(f"*/*/**/*{month}_*"))


def test_every_table_that_stores_numbers_has_a_limit(engine: Engine) -> None:
    stored = set(retention._tables(engine.writer))
    named = {stock.table for stocks in STOCKS.values() for stock in stocks}
    assert stored - UNDATED <= named


@pytest.mark.external
def test_what_is_older_goes_and_everything_else_stays(filled: Engine) -> None:
    kept = contents(filled, f"day >= '{CUTOFF}'")
    assert all(rows(filled, table, f"day < '{CUTOFF}'") for table in TABLES)

    done = delete_expired(filled.writer, rules())

    assert contents(filled, "1") == kept
    assert done["totals_hour"]["partitions_dropped"] == 1
    assert parts_on_disk(filled, "202409") == []


@pytest.mark.external
def test_a_limit_within_a_month_rewrites_its_parts(filled: Engine) -> None:
    cutoff = date(2024, 10, 2)
    kept = contents(filled, f"day >= '{cutoff}'")

    done = delete_expired(filled.writer, rules(cutoff))

    assert contents(filled, "1") == kept
    assert (done["cells"]["partitions_dropped"], done["cells"]["partitions_rewritten"]) == (1, 1)
    oldest = filled.writer.query("SELECT min(min_date) FROM system.parts WHERE table IN ('cells', 'totals_hour')").rows
    assert oldest[0][0] >= cutoff


def test_a_second_run_has_nothing_to_do(filled: Engine) -> None:
    delete_expired(filled.writer, rules())
    assert delete_expired(filled.writer, rules()) == {}


def test_looking_changes_nothing_and_counts_what_would_go(filled: Engine) -> None:
    before = contents(filled, "1")
    report = look(filled.writer, rules())
    assert contents(filled, "1") == before
    for table in TABLES:
        assert report[table].rows == rows(filled, table)
        assert report[table].expired == rows(filled, table, f"day < '{CUTOFF}'") > 0
        assert report[table].oldest == filled.writer.query(_select("toString(min(day))", table)).rows[0][0]


def test_a_site_may_have_another_limit(filled: Engine) -> None:
    later = date(2024, 11, 8)
    kept = contents(filled, f"day >= if(site = '{SITES[0]}', '{later}', '{CUTOFF}')::Date")
    mixed = [
        rule
        for kind in KINDS
        for rule in (Rule(kind, later, SITES[:1], listed=True), Rule(kind, CUTOFF, SITES[:1], listed=False))
    ]
    delete_expired(filled.writer, mixed)
    assert contents(filled, "1") == kept


def test_months_have_a_limit_of_their_own(filled: Engine) -> None:
    filled.writer.command(
        "INSERT INTO cells (site, day, grain, dim_a, a, visitors)"
        " VALUES ('a.example', '2024-09-01', 'month', 1, '/', 9), ('a.example', '2024-10-01', 'month', 1, '/', 9)"
    )
    delete_expired(filled.writer, rules(kinds=("day_cells",)))
    assert rows(filled, "cells", "grain = 'month'") == 2
    assert rows(filled, "cells", f"grain = 'day' AND day < '{CUTOFF}'") == 0

    delete_expired(filled.writer, rules(kinds=("month_cells",)))

    assert filled.writer.query("SELECT day FROM cells WHERE grain = 'month'").rows == [(CUTOFF,)]


def test_what_waits_for_a_month_has_a_limit_of_its_own(filled: Engine) -> None:
    for table, column, days in (
        ("carry", "month", ("2024-08-01", "2024-10-01")),
        ("carry_open", "day", ("2024-09-30", "2024-10-01")),
    ):
        filled.writer.command(f"TRUNCATE TABLE {table}")
        columns = f"site, {column}, role, dim_a, a, visitors"
        for day in days:
            values = f"VALUES ('a.example', '{day}', 1, 1, '/', 3)"
            filled.writer.command(f"INSERT INTO {table} ({columns}) {values}")
    delete_expired(filled.writer, rules(kinds=("day_cells", "month_cells")))
    assert (rows(filled, "carry"), rows(filled, "carry_open")) == (2, 2)
    delete_expired(filled.writer, rules(kinds=("carry",)))
    assert (rows(filled, "carry", f"month = '{CUTOFF}'"), rows(filled, "carry")) == (1, 1)
    assert rows(filled, "carry_open") == rows(filled, "carry_open", f"day >= '{CUTOFF}'") == 1


def test_marks_of_months_go_with_their_cells(filled: Engine) -> None:
    filled.writer.command(
        "INSERT INTO closed_months VALUES ('a.example', '2024-09-01', 1), ('a.example', '2024-10-01', 1)"
    )
    delete_expired(filled.writer, rules(kinds=("month_cells",)))
    assert filled.writer.query("SELECT month FROM closed_months").rows == [(CUTOFF,)]


@pytest.mark.parametrize("committed", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["DROP PARTITION", "DELETE IN PARTITION", "grain = {grain:String}", "DROP DETACHED"])
def test_a_run_can_be_repeated_after_a_failure_at_any_step(
    filled: Engine, monkeypatch: pytest.MonkeyPatch, step: str, committed: bool
) -> None:
    cutoff = date(2024, 10, 2)
    put_aside(filled, "202409")
    kept = contents(filled, f"day >= '{cutoff}'")
    with monkeypatch.context() as patched:
        patched.setattr(WriteClient, "command", failing(WriteClient.command, step, committed))
        with pytest.raises(UnavailableError, match="made to fail"):
            delete_expired(filled.writer, rules(cutoff))

    delete_expired(filled.writer, rules(cutoff))

    assert contents(filled, "1") == kept
    assert parts_on_disk(filled, "202409") == []


def put_aside(engine: Engine, month: str) -> None:
    """Detach the parts of a month and write the month again, as an operator who repairs by hand might."""
    engine.writer.command(f"ALTER TABLE outcomes DETACH PARTITION ID '{month}'")
    engine.writer.command("INSERT INTO outcomes VALUES ('a.example', '2024-09-28', 3, 'accepted', 4)")


@pytest.mark.external
def test_detached_parts_go_too(filled: Engine) -> None:
    put_aside(filled, "202409")
    put_aside_young = "ALTER TABLE outcomes DETACH PARTITION ID '202611'"
    filled.writer.command(put_aside_young)

    done = delete_expired(filled.writer, rules())

    assert done["outcomes"]["detached_dropped"] > 0
    left = filled.writer.query("SELECT DISTINCT partition_id FROM system.detached_parts").rows
    assert left == [("202611",)]
    filled.writer.command("ALTER TABLE outcomes DROP DETACHED PARTITION ID '202611' SETTINGS allow_drop_detached = 1")


@pytest.fixture
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retention, "_VANISH_SECONDS", 0.2)


@pytest.mark.parametrize("ignored", ["ALTER TABLE {table:Identifier} DELETE", "DROP PARTITION", "DROP DETACHED"])
@pytest.mark.usefixtures("short_patience")
def test_a_deletion_that_did_nothing_is_noticed(filled: Engine, monkeypatch: pytest.MonkeyPatch, ignored: str) -> None:
    put_aside(filled, "202409")
    command = WriteClient.command

    def unfaithful(self: WriteClient, text: str, *args: Any, **kwargs: Any) -> None:
        if ignored not in text:
            command(self, text, *args, **kwargs)

    monkeypatch.setattr(WriteClient, "command", unfaithful)
    with pytest.raises(UnavailableError, match="had to go"):
        delete_expired(filled.writer, rules(date(2024, 10, 2)))

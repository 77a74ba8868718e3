"""The schema holds integer counters only, and files that do not match it stop the start."""

import os
import re

import pytest

from appliance.errors import StartError
from appliance.warehouse import migrations
from appliance.warehouse.migrations import Migration, migrate, recorded, shipped
from tests.kit.engine import Engine
from tests.kit.stats_client import await_true

pytestmark = pytest.mark.clickhouse

KEYS = {
    "site": "String",
    "day": "Date",
    "hour": "UInt8",
    "grain": "Enum8('day' = 1, 'month' = 2)",
    "dim_a": "UInt8",
    "a": "String",
    "dim_b": "UInt8",
    "b": "String",
    "month": "Date",
    "role": "UInt8",
    "hidden": "UInt8",
    "proven": "UInt8",
    "outcome": "LowCardinality(String)",
    "revenue_minor": "Int64",
}
STORED = """
    SELECT table, columns.name, type FROM system.columns
    JOIN system.tables ON tables.database = columns.database AND tables.name = columns.table
    WHERE database = currentDatabase() AND engine LIKE '%MergeTree'
"""


def test_stored_tables_hold_integers_for_site_day_and_two_attributes_only(engine: Engine) -> None:
    rows = engine.writer.query(STORED).rows
    assert {row[0] for row in rows} == {
        "totals_hour", "cells_running", "cells_open", "cells", "outcomes", "closed_days", "schema_migrations",
        "carry_open", "carry", "closed_months",
    }  # fmt: skip
    for table, column, kind in rows:
        if table != "schema_migrations":
            assert kind == KEYS.get(column, "UInt64"), f"{table}.{column}"
        assert not re.search("uniq|AggregateFunction|Array|DateTime|UUID|Map|Tuple|JSON", kind)
        assert not (column == "hour" and table.startswith("cells"))


def test_fact_tables_store_nothing(engine: Engine) -> None:
    rows = engine.writer.query("SELECT name, engine FROM system.tables WHERE name LIKE '%_facts' ORDER BY name").rows
    assert rows == [("event_facts", "Null"), ("pair_facts", "Null"), ("visit_facts", "Null")]


def test_views_write_to_tables_and_store_nothing_themselves(engine: Engine) -> None:
    rows = engine.writer.query("SELECT name FROM system.tables WHERE name LIKE '.inner%'").rows
    assert rows == []


@pytest.mark.parametrize(
    ("table", "counter"), [("cells_running", "visits"), ("totals_hour", "visits"), ("outcomes", "hits")]
)
def test_many_parts_that_go_at_once_leave_no_threads_behind(engine: Engine, table: str, counter: str) -> None:
    engine.writer.command(f"SYSTEM STOP MERGES {table}")
    for days in range(120):
        engine.writer.command(
            f"INSERT INTO {table} (site, day, {counter}) VALUES ('a', toDate('2026-01-01') + {days}, 1)"  # noqa: S608
        )
    before = threads()
    engine.writer.command(f"TRUNCATE TABLE {table}")
    engine.writer.command(f"SYSTEM START MERGES {table}")
    left = f"SELECT count() FROM system.parts WHERE table = '{table}'"  # noqa: S608
    await_true(lambda: engine.writer.query(left).rows[0][0] == 0, "the files are gone", 30)
    assert threads() < before + 20


def threads() -> int:
    return len(os.listdir("/proc/self/task"))


@pytest.mark.external
def test_a_second_start_runs_nothing(engine: Engine) -> None:
    assert migrate(engine.writer) == []


@pytest.mark.external
def test_an_interrupted_start_goes_on(engine: Engine) -> None:
    engine.writer.command("DROP TABLE schema_migrations")
    assert migrate(engine.writer) == [migration.name for migration in shipped()]


@pytest.mark.external
def test_a_restore_fills_an_earlier_schema_and_goes_on_from_there(engine: Engine) -> None:
    names = [migration.name for migration in shipped()]
    engine.writer.command("DROP TABLE schema_migrations")
    assert migrate(engine.writer, through=names[9]) == names[:10]
    assert [name for name, _ in recorded(engine.writer)] == names[:10]
    assert migrate(engine.writer) == names[10:]


@pytest.mark.external
def test_a_changed_file_stops_the_start(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    first, *others = shipped()
    changed = [Migration(first.name, first.sql + "-- changed"), *others]
    monkeypatch.setattr(migrations, "shipped", lambda: changed)
    with pytest.raises(StartError, match=first.name):
        migrate(engine.writer)

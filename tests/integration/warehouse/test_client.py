"""The reader answers questions and can do nothing else; errors carry no value; a busy directory is said plainly."""

import os
import subprocess
import sys
import tempfile
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import QueryError, UnavailableError
from appliance.warehouse import client
from appliance.warehouse.client import _NEVER, open_reader
from tests.kit.engine import Engine

pytestmark = pytest.mark.clickhouse

HOSTILE = "a'b\\c\n\t\x00é🙂{x:String} %(y)s; DROP TABLE cells -- /* "


@pytest.mark.external
def test_bound_values_come_back_as_they_went_in(engine: Engine) -> None:
    sql = "SELECT {text:String}, {texts:Array(String)}, {day:Date}, {days:Array(Date)}, {n:UInt64}"
    days = [date(2026, 11, 23), date(1999, 1, 1)]
    values = {"text": HOSTILE, "texts": [HOSTILE, "", "b"], "day": days[0], "days": days, "n": 2**64 - 1}

    answer = engine.reader.query(sql, values)

    assert answer.rows == [(HOSTILE, [HOSTILE, "", "b"], days[0], days, 2**64 - 1)]


BEYOND_READING = [
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT file('/etc/passwd')",
    "SELECT * FROM url('http://127.0.0.1:9/', 'LineAsString')",
    "SELECT * FROM s3('http://127.0.0.1:9/bucket/key')",
    "SELECT * FROM remote('127.0.0.1', 'system.one')",
    "SELECT 1; DROP TABLE cells; SELECT 2",
    "SELECT 1 INTO OUTFILE '/tmp/never'",
    "SELECT * FROM python(os)",
    "SELECT 1 SETTINGS readonly = 0",
    "SELECT * FROM system.processes",
    "DROP TABLE cells",
    "TRUNCATE TABLE cells",
    "CREATE TABLE extra (a UInt8) ENGINE = Memory",
    "INSERT INTO closed_days (site) VALUES ('x')",
    "INSERT INTO FUNCTION file('/tmp/never') SELECT 1",
    "ALTER TABLE cells_open DROP PARTITION ID 'x'",
    "OPTIMIZE TABLE cells",
    "SET readonly = 0",
    "KILL QUERY WHERE 1",
    "SYSTEM SHUTDOWN",
    "DESCRIBE file('/etc/passwd')",
]


@pytest.mark.external
@pytest.mark.parametrize("sql", BEYOND_READING)
def test_reader_refuses_what_is_more_than_a_select(engine: Engine, sql: str) -> None:
    with pytest.raises(QueryError):
        engine.reader.query(sql)


ENGINE_REFUSES = [sql for sql in BEYOND_READING if not sql.startswith(("KILL", "DESCRIBE"))]
RUN_DESPITE_READONLY = ("SELECT file('/etc/passwd')", "SELECT 1 INTO", "SELECT * FROM system.processes")


@pytest.mark.parametrize("sql", [sql for sql in ENGINE_REFUSES if not sql.startswith(RUN_DESPITE_READONLY)])
def test_the_connection_itself_refuses_too(engine: Engine, monkeypatch: pytest.MonkeyPatch, sql: str) -> None:
    monkeypatch.setattr("appliance.warehouse.client.check_select", lambda *_: None)
    reader = open_reader(engine.settings, connections=1)
    with pytest.raises(UnavailableError):
        reader.query(sql)
    reader.close()


@pytest.mark.external
def test_nothing_was_changed_by_refused_statements(engine: Engine) -> None:
    for sql in BEYOND_READING:
        with pytest.raises(QueryError):
            engine.reader.query(sql)
    tables = {row[0] for row in engine.writer.query("SHOW TABLES").rows}
    assert {"cells", "cells_open"} <= tables
    assert "extra" not in tables


@pytest.mark.external
def test_a_question_is_cut_off_by_its_time_limit(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = {**client._READ_SETTINGS, "max_execution_time": 1}
    limits["readonly"] = limits.pop("readonly")
    monkeypatch.setattr(client, "_READ_SETTINGS", limits)
    monkeypatch.setattr(client, "check_select", lambda *_: None)
    reader = open_reader(engine.settings, connections=1)
    try:
        with pytest.raises(UnavailableError, match="too long"):
            reader.query("SELECT count() FROM numbers(1000000000000)")
        assert reader.query("SELECT 1").rows == [(1,)]
    finally:
        reader.close()


@pytest.mark.external
def test_a_question_is_cut_off_by_its_memory_limit(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.warehouse.client.check_select", lambda *_: None)
    with pytest.raises(UnavailableError, match="too much memory"):
        engine.reader.query("SELECT length(groupArray(number)) FROM numbers(100000000)")


@pytest.mark.external
def test_errors_name_no_value_and_no_text(engine: Engine) -> None:
    with pytest.raises(UnavailableError) as caught:
        engine.reader.query("SELECT toDate({text:String})", {"text": "secret-canary"})
    assert "canary" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.external
def test_a_reader_serves_more_threads_than_it_has_connections(engine: Engine) -> None:
    start = threading.Barrier(8)

    def ask(number: int) -> int:
        start.wait()
        return sum(int(engine.reader.query("SELECT {n:UInt32}", {"n": number}).rows[0][0]) for _ in range(20))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(ask, range(8))) == [20 * number for number in range(8)]


@pytest.mark.embedded
def test_facts_pass_through_the_temporary_directory_and_leave_nothing(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    make = tempfile.NamedTemporaryFile

    def spying(*args: Any, **kwargs: Any) -> Any:
        file = make(*args, **kwargs)
        seen.append(file.name)
        return file

    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(tempfile, "NamedTemporaryFile", spying)
    engine.writer.insert("closed_days", {"site": "String", "day": "Date"}, {"site": ["x"], "day": [1]}, token="t")
    with pytest.raises(UnavailableError):
        engine.writer.insert("no_such_table", {"site": "String"}, {"site": ["x"]}, token="t")

    assert [Path(name).parent for name in seen] == [tmp_path, tmp_path]
    assert list(tmp_path.iterdir()) == []


def test_no_log_of_queries_is_kept(engine: Engine) -> None:
    logs = engine.writer.query("SELECT name FROM system.tables WHERE database = 'system' AND engine LIKE '%MergeTree'")
    assert logs.rows == []


@pytest.mark.embedded
def test_engine_is_kept_small(engine: Engine) -> None:
    rows = engine.writer.query("SELECT name, value FROM system.server_settings WHERE changed").rows
    changed = dict(rows)
    assert changed["max_server_memory_usage"] == "700000000"
    assert changed["max_thread_pool_size"] == "64"
    (settings,) = engine.writer.query("SELECT engine_full FROM system.tables WHERE name = 'cells'").rows[0]
    assert "deduplicate_merge_projection_mode = 'ignore'" in settings


SECOND = """
import sys
from pathlib import Path
from appliance.errors import StartError
from appliance.warehouse.client import open_writer
from tests.kit.engine import engine_settings
try:
    open_writer(engine_settings(Path(sys.argv[1])))
except StartError as error:
    print(error)
"""


@pytest.mark.embedded
def test_a_second_process_is_told_that_the_counters_are_open(engine: Engine) -> None:
    directory = engine.settings.data_dir.parent
    second = subprocess.run(
        [sys.executable, "-c", SECOND, str(directory)], capture_output=True, text=True, timeout=30, check=True,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )  # fmt: skip
    expected = f"{engine.settings.data_dir}/clickhouse: another appliance has these counters open; stop it first\n"
    assert second.stdout == expected
    assert engine.reader.query("SELECT 1").rows == [(1,)]


@pytest.mark.external
def test_equal_blocks_are_added_each_time(engine: Engine) -> None:
    """Into a table that remembers what it took, as restore does after one that broke off and was deleted."""
    row = "SELECT 'x' AS site, {day:Date} AS day, toUInt8(3) AS hour, 'counted' AS outcome, toUInt64(1) AS hits"
    block = engine.writer.read_blocks(row, {"day": date(2026, 11, 23)})
    for _ in range(3):
        engine.writer.insert_blocks("outcomes", 2 * block)
    assert engine.reader.query("SELECT sum(hits) FROM outcomes").rows == [(6,)]


@pytest.mark.external
def test_reader_can_be_closed_while_the_writer_goes_on(engine: Engine) -> None:
    reader = open_reader(engine.settings, connections=1)
    reader.close()
    assert engine.writer.query("SELECT 1").rows == [(1,)]


def test_names_of_what_can_never_get_in_are_those_of_the_engine(engine: Engine) -> None:
    names = {code: engine.reader.query("SELECT errorCodeToName({code:UInt32})", {"code": code}).rows for code in _NEVER}
    assert {code: name for code, [(name,)] in names.items()} == _NEVER

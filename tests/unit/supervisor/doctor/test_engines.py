"""What the doctor says of Redis and of what waits in it."""

import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from appliance.errors import StartError
from appliance.settings import KeyringSettings, ServerSettings, Settings
from appliance.state.backlog import Backlog, RedisState
from appliance.supervisor import redis_server
from appliance.supervisor.connections import Connections
from appliance.supervisor.doctor.engines import (
    check_backlog,
    check_days,
    check_parts,
    check_programs,
    check_queue,
    check_redis,
)
from appliance.supervisor.doctor.finding import Level
from appliance.supervisor.parts.process import worker_ready_file
from tests.kit.http_server import http_server
from tests.kit.ports import free_ports

NOW = 1_795_000_000.0
WELL = RedisState("7.0.15", 0.1, "noeviction", is_append_only=True, last_write_failed=False)
EMPTY = Backlog(events=0, facts=0, oldest_facts_ms=None, set_aside=0, days_to_close=0, oldest_events_ms=None)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Of an appliance of which nothing runs."""
    listen, stats, dashboard = (f"127.0.0.1:{port}" for port in free_ports(3))
    return Settings(
        server=ServerSettings(
            listen=listen, stats_listen=stats, dashboard_listen=dashboard, data_dir=str(tmp_path / "data")
        ),
        keyring=KeyringSettings(directory=str(tmp_path)),
    )


def levels(state: RedisState) -> list[Level]:
    return [one.level for one in check_redis(state)]


def test_a_redis_that_is_well_is_one_line() -> None:
    assert [one.text for one in check_redis(WELL)] == ["7.0.15 answers, 10% of its memory in use"]


def test_what_loses_hits_is_a_fault() -> None:
    assert levels(WELL._replace(is_append_only=False)) == [Level.FINE, Level.FAULT]
    assert levels(WELL._replace(last_write_failed=True)) == [Level.FINE, Level.FAULT]
    assert levels(WELL._replace(eviction_policy="allkeys-lru")) == [Level.FINE, Level.FAULT]


def test_a_redis_that_is_nearly_full_is_a_warning() -> None:
    assert levels(WELL._replace(memory_share=0.65)) == [Level.FINE, Level.WARNING]


def test_facts_that_wait_for_minutes_are_a_warning() -> None:
    young = EMPTY._replace(events=3, facts=2, oldest_facts_ms=int(NOW * 1000) - 15_000)
    assert [one.level for one in check_backlog(young, NOW)] == [Level.FINE]
    (old,) = check_backlog(young._replace(oldest_facts_ms=int(NOW * 1000) - 300_000), NOW)
    assert (old.level, old.text) == (
        Level.WARNING,
        "3 commits and 2 batches of facts wait, the oldest facts for 5 minutes",
    )


def test_batches_that_were_set_aside_are_a_fault() -> None:
    assert [one.level for one in check_backlog(EMPTY._replace(set_aside=1), NOW)] == [Level.FINE, Level.FAULT]


def test_overdue_days_are_a_fault() -> None:
    assert check_days([])[0].level is Level.FINE
    assert check_days(["a.example 2026-11-01"])[0].text == "over and not closed: a.example 2026-11-01"


def test_hits_that_wait_for_minutes_are_a_warning_about_the_worker() -> None:
    (old,) = check_backlog(EMPTY._replace(events=3, oldest_events_ms=int(NOW * 1000) - 120_000), NOW)
    assert (old.level, old.text) == (
        Level.WARNING,
        "3 commits and 0 batches of facts wait, the oldest commits for 2 minutes",
    )
    assert "worker" in old.remedy


def test_parts_that_do_not_answer_are_faults_that_say_where(settings: Settings) -> None:
    found = {one.about: one for one in check_parts(settings)}
    assert {one.level for one in found.values()} == {Level.FAULT}
    assert settings.server.listen in found["ingest"].text
    assert settings.server.stats_listen in found["warehouse"].text
    assert settings.server.dashboard_listen in found["dashboard"].text
    assert found["worker"].text == "does not run"
    assert all(one.remedy for one in found.values())


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"one\ntwo\n", "not ready: one; two"),
        (b"not ready\none", "not ready: one"),
        (b"not ready", "not ready: nothing is counted, or ClickHouse does not answer"),
        (b"", "not ready: 503"),
    ],
)
def test_a_part_that_is_not_ready_says_why(settings: Settings, body: bytes, text: str) -> None:
    async def app(scope: dict[str, Any], _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 503, "headers": []})
        await send({"type": "http.response.body", "body": body})

    with http_server(app, Connections()) as server:
        elsewhere = msgspec.structs.replace(settings.server, stats_listen=server.host)
        found = check_parts(msgspec.structs.replace(settings, server=elsewhere))[1]
    assert (found.level, found.text) == (Level.FAULT, text)


def test_a_pid_that_is_somebody_elses_is_no_worker(settings: Settings) -> None:
    worker_ready_file(settings).write_text("1")
    assert check_parts(settings)[-1].text == "does not run"


def test_a_worker_that_stands_still_is_a_fault(settings: Settings) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", "import sys; sys.stdin.read()", "worker"], stdin=subprocess.PIPE
    ) as it:
        file = worker_ready_file(settings)
        file.write_text(str(it.pid))
        assert check_parts(settings)[-1].text == "runs"
        os.utime(file, (0, time.time() - 20))
        found = check_parts(settings)[-1]
        assert (found.level, found.text) == (Level.FAULT, "has stood still for 20 seconds")
        it.kill()


def test_a_redis_that_is_missing_or_old_is_named(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(redis_server, "find", lambda: redis_server.Program(Path("/opt/redis-server"), (6, 2)))
    old = check_programs(settings)[-1]
    assert (old.level, old.text) == (Level.WARNING, "/opt/redis-server, version 6.2")

    def missing() -> redis_server.Program:
        raise StartError("there is none")

    monkeypatch.setattr(redis_server, "find", missing)
    assert check_programs(settings)[-1].level is Level.FAULT


def test_a_redis_that_does_not_answer_is_a_fault(settings: Settings) -> None:
    (found,) = check_queue(settings, NOW)
    assert (found.level, found.about) == (Level.FAULT, "Redis")
    assert "503" in found.remedy

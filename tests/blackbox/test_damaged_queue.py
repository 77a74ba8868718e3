"""A cut end of the embedded Redis' file repairs itself; damage in the middle stops the start, with what to do."""

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from appliance.settings import load
from appliance.state import names
from appliance.state.connection import connect
from appliance.supervisor.redis_server import connection_url
from tests.faults.doom.fail_points import TRAFFIC
from tests.faults.fail_point_files import FailPoints, of_phase
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"


VISITORS = 20
"""Of each time."""


def send(appliance: ApplianceProcess, first: int) -> None:
    hits = [Hit(SITE, Visitor(f"87.128.0.{number}")) for number in range(first, first + VISITORS)]
    Sender(appliance.ingest, appliance.clock).send(hits)


def visitors(appliance: ApplianceProcess) -> int:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return int(stats.totals(SITE)["visitors"])


def await_confirmed(appliance: ApplianceProcess) -> None:
    """Wait until Redis knows that ClickHouse has everything."""
    settings = load(appliance.config)
    outboxes = [names.outbox(shard) for shard in range(settings.redis.shards)]
    with contextlib.closing(connect(connection_url(settings))) as redis:
        await_true(lambda: not redis.exists(names.FLUSH) and not any(map(redis.xlen, outboxes)), "it is confirmed")


def append_only_file(appliance: ApplianceProcess) -> Path:
    (file,) = (appliance.data_dir / "redis" / "appendonlydir").glob("*.incr.aof")
    return file


def test_a_cut_end_repairs_itself_and_other_damage_stops_the_start(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site(SITE)]) as appliance:
        send(appliance, 1)
        await_equal(lambda: visitors(appliance), VISITORS)
        await_confirmed(appliance)
        appliance.kill()
        with append_only_file(appliance).open("r+b") as file:
            file.truncate(file.seek(0, 2) - 7)
        appliance.start()
        assert "Truncating the AOF" in appliance.log()
        send(appliance, 101)
        await_equal(lambda: visitors(appliance), 2 * VISITORS)

        appliance.kill()
        file = append_only_file(appliance)
        content = bytearray(file.read_bytes())
        begin = content.index(b"*3\r\n$3\r\nSET", len(content) // 2)
        content[begin : begin + 4] = b"XXXX"
        file.write_bytes(content)
        appliance.launch()
        assert appliance.process is not None
        assert appliance.process.wait(30) == 1
        assert "Bad file format" in appliance.log().splitlines()[-1]
        assert "redis-check-aof --fix" in appliance.log().splitlines()[-1]

        # What the runbook says.
        manifest = file.with_name("appendonly.aof.manifest")
        check = shutil.which("redis-check-aof") or shutil.which("valkey-check-aof")
        assert check is not None
        subprocess.run([check, "--fix", manifest], input=b"y\n", check=True, capture_output=True, timeout=30)
        appliance.start()
        send(appliance, 201)
        # What was on its way where the file is cut may count twice: the note that it is in is gone.
        await_true(lambda: visitors(appliance) >= 3 * VISITORS, "the new ones are counted")
        await_confirmed(appliance)
        assert visitors(appliance) <= 4 * VISITORS


def test_a_batch_whose_note_was_cut_off_counts_once(tmp_path: Path) -> None:
    """Everything dies right after the confirmation, and the file of Redis ends before the note of the batch."""
    points = FailPoints(tmp_path / "points")
    confirmed = [point for point in of_phase(TRAFFIC) if point.name == "batch confirmed"]
    with ApplianceProcess(tmp_path, [Site(SITE)], environment=points.environment) as appliance:
        send(appliance, 1)
        await_equal(lambda: visitors(appliance), VISITORS)
        await_confirmed(appliance)
        (warehouse,) = (
            pid for pid, line in appliance.pids().items() if line and process_tree.part_of(line) == "warehouse"
        )
        os.kill(warehouse, signal.SIGSTOP)
        send(appliance, 101)
        settings = load(appliance.config)
        with contextlib.closing(connect(connection_url(settings))) as redis:
            queues = [names.events(shard) for shard in range(settings.redis.shards)]
            await_true(lambda: not any(map(redis.xlen, queues)), "all of it waits for the warehouse")
        points.arm(confirmed, everything=True)
        os.kill(warehouse, signal.SIGCONT)
        points.await_fired(confirmed, 10, lambda: None)
        appliance.kill()

        file = append_only_file(appliance)
        content = file.read_bytes()
        # The last SET of this key; Redis writes a transaction of one command as that command.
        note = content.rindex(b"*3\r\n$3\r\nSET\r\n$%d\r\n%s\r\n" % (len(names.FLUSH), names.FLUSH.encode()))
        assert b"XDEL" in content[note:]
        with file.open("r+b") as open_file:
            open_file.truncate(note)
        appliance.start()
        await_confirmed(appliance)
        assert visitors(appliance) == 2 * VISITORS
        send(appliance, 201)
        await_equal(lambda: visitors(appliance), 3 * VISITORS)

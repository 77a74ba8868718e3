"""A part that runs and does nothing is killed and started again, and what was taken is counted."""

import os
import signal
from pathlib import Path

import httpx
import pytest

from tests.faults.doom.fail_points import HANG
from tests.faults.fail_point_files import FailPoints, of_phase
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = 1_930_478_400
PARTS = {"ingest", "worker", "warehouse", "dashboard", "redis-server"}
_PATIENCE_SECONDS = 240.0
"""They are noticed after 24 to 45 seconds; a busy machine takes its time to start them all again."""


def running(appliance: ApplianceProcess) -> dict[str, int]:
    parts = {process_tree.part_of(line): pid for pid, line in appliance.pids().items() if line}
    return {part: pid for part, pid in parts.items() if part in PARTS}


def answers(appliance: ApplianceProcess) -> bool:
    try:
        return all(
            httpx.get(f"{base}/health/ready", trust_env=False, timeout=5).is_success
            for base in (appliance.ingest, appliance.stats)
        )
    except httpx.TransportError:
        return False


def test_all_parts_that_stand_still_are_replaced(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON) as appliance:
        sender = Sender(appliance.ingest, appliance.clock)
        people = [Visitor(f"87.128.1.{n + 1}") for n in range(20)]
        sender.send([Hit(SITE, who, path="/") for who in people])
        stopped = running(appliance)
        assert stopped.keys() == PARTS
        for pid in stopped.values():
            os.kill(pid, signal.SIGSTOP)

        def are_replaced() -> bool:
            now = running(appliance)
            return now.keys() == PARTS and all(now[part] != stopped[part] for part in PARTS)

        await_true(are_replaced, "every part is another process", _PATIENCE_SECONDS)
        await_true(lambda: appliance.log().count('"part_hangs"') == len(PARTS), "the log says so", _PATIENCE_SECONDS)

        def pageviews() -> int:
            with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
                return int(stats.totals(SITE)["pageviews"])

        await_true(lambda: answers(appliance), "hits are taken and the stats API answers", _PATIENCE_SECONDS)
        sender.send([Hit(SITE, who, path="/b") for who in people])
        await_equal(pageviews, 40, "hits from before and after", 60)


def test_a_warehouse_whose_writer_hangs_while_it_answers_is_replaced(tmp_path: Path) -> None:
    """The batch is in ClickHouse and not confirmed: the next process repeats it, and it counts once."""
    points = FailPoints(tmp_path / "points")
    environment = points.environment | {"APPLIANCE_PATIENCE_SECONDS": "5"}
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON, environment=environment) as appliance:
        sender = Sender(appliance.ingest, appliance.clock)
        people = [Visitor(f"87.128.1.{n + 1}") for n in range(20)]

        def pageviews() -> int:
            with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
                return int(stats.totals(SITE)["pageviews"])

        sender.send([Hit(SITE, who, path="/") for who in people])
        await_equal(pageviews, 20)
        before = running(appliance)
        points.arm(of_phase(HANG))
        sender.send([Hit(SITE, who, path="/b") for who in people])
        points.await_fired(of_phase(HANG), 10, lambda: None)
        sender.send([Hit(SITE, who, path="/c") for who in people])  # hits go on being taken
        assert answers(appliance)
        assert httpx.get(f"{appliance.stats}/health/live", trust_env=False, timeout=5).is_success
        await_true(lambda: '"part_hangs"' in appliance.log(), "the log says so", 60)
        await_true(lambda: answers(appliance), "the stats API answers again", 60)
        await_equal(pageviews, 60, "hits from before, during and after", 60)
        after = running(appliance)
        assert {part for part in PARTS if after[part] != before[part]} == {"warehouse"}
        assert appliance.log().count('"part_hangs"') == 1

"""ClickHouse away, read-only, slow, answering too late, with a full disk, away over midnight: hits go on being taken.

Alarms say so, and everything is counted once when it is back. The numbers of the tests' visitors do not overlap.
"""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kit.appliance_process import run
from tests.kit.evidence_file import closed_days
from tests.kit.external_engines import DAY, SITE, External, external_appliance
from tests.kit.flood import flood
from tests.kit.outage import seconds_of_outage
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

REDIS_MB, HITS_PER_MB = 12, 300
"""A limit of Redis, and how many hits of it the runbook promises, each of another visitor."""
TIMEOUT = 2
"""`clickhouse.timeout_seconds`"""


@pytest.fixture(scope="module")
def external(tmp_path_factory: pytest.TempPathFactory) -> Iterator[External]:
    directory = tmp_path_factory.mktemp("clickhouse")
    with external_appliance(directory, clickhouse_timeout=TIMEOUT, metrics=True) as external:
        yield external


@pytest.fixture
def before(external: External) -> int:
    """How many are counted, when none is under way."""
    await_true(lambda: external.visitors() >= 0, "nothing is half counted")
    return external.visitors()


def alarms(external: External) -> int:
    return external.appliance.log().count("flush_failed")


def waits(external: External) -> bool:
    """Whether facts wait in Redis, as the metrics have it."""
    metrics = httpx.get(external.appliance.metrics, trust_env=False, timeout=30).text
    (line,) = [line for line in metrics.splitlines() if line.startswith("appliance_outbox_entries{")]
    return float(line.split()[1]) > 0


def send_through_outage(external: External, first: int) -> int:
    """Ten visitors come each second for ten minutes, all taken. Returns their number."""
    sent = 0
    for second in seconds_of_outage(600):
        external.send(range(first + 10 * second, first + 10 * second + 10))
        sent += 10
    return sent


def test_away_for_ten_minutes(external: External, before: int) -> None:
    external.clickhouse.kill()
    external.send(range(20))
    await_true(lambda: alarms(external) == 1, "the log says so")
    await_true(lambda: waits(external), "facts wait")
    assert httpx.get(f"{external.appliance.stats}/health/ready", trust_env=False, timeout=10).status_code == 503
    assert "fault    warehouse" in run("doctor", external.appliance.config).stdout
    sent = send_through_outage(external, 10_000)
    external.clickhouse.start()
    await_equal(external.visitors, before + 20 + sent, seconds=30)
    assert "flushing" in external.appliance.log()


def test_read_only(external: External, before: int) -> None:
    said = alarms(external)
    external.clickhouse.fail(read_only=True)
    external.send(range(100, 120))
    await_true(lambda: alarms(external) > said, "the log says so")
    assert "the connection may only read" in external.appliance.log()
    assert external.visitors() == before  # questions are answered
    external.clickhouse.fail()
    await_equal(external.visitors, before + 20, seconds=30)


def test_slow(external: External, before: int) -> None:
    external.clickhouse.fail(wait_seconds=TIMEOUT / 4)
    external.send(range(200, 220))
    await_equal(external.visitors, before + 20, seconds=30)
    external.clickhouse.fail()


def test_answer_after_the_time_out(external: External, before: int) -> None:
    said = alarms(external)
    external.clickhouse.fail(late_seconds=TIMEOUT + 1)
    external.send(range(300, 320))
    await_true(lambda: alarms(external) > said, "the log says so", 30)
    # The rows are in, the appliance does not know it, and sends them again under the same tokens.
    external.clickhouse.fail()
    await_true(lambda: not waits(external), "everything is confirmed", 30)
    assert external.visitors() == before + 20


def test_disk_full_for_ten_minutes(external: External, before: int) -> None:
    said = alarms(external)
    external.clickhouse.fail(disk_full=True)
    external.send(range(400, 420))
    await_true(lambda: alarms(external) > said, "the log says so")
    assert "the disk is full" in external.appliance.log()
    sent = send_through_outage(external, 20_000)
    external.appliance.clock.advance(600)
    external.send(range(420, 440))
    external.clickhouse.fail()
    await_equal(external.visitors, before + 40 + sent, seconds=30)


def test_away_until_redis_is_full(tmp_path: Path) -> None:
    """Hits are taken until Redis holds 70 % of what it may; then 503; and all that were taken are counted."""
    limit = ("--maxmemory", f"{REDIS_MB}mb", "--maxmemory-policy", "noeviction")
    with external_appliance(tmp_path, *limit) as external:
        ingest = external.appliance.ingest
        external.clickhouse.kill()
        answers = asyncio.run(flood(ingest, SITE, 16, 1000))
        taken, refused = answers["202"], answers["503"]
        assert taken + refused == 16_000
        assert taken > HITS_PER_MB * REDIS_MB
        assert refused > 0
        assert "redis_is_full" in external.appliance.log()
        external.clickhouse.start()
        with StatsClient(external.appliance.stats, external.appliance.keys["reader"]) as stats:
            await_equal(lambda: stats.totals(SITE)["events"], taken, seconds=60)
        await_true(lambda: asyncio.run(flood(ingest, SITE, 1, 1))["202"] == 1, "hits are taken again")


def test_away_over_midnight(external: External, before: int) -> None:
    """The key of the day goes in time, the day is closed when ClickHouse is back, and all of it is there."""
    appliance = external.appliance
    external.clickhouse.kill()
    external.send(range(500, 520))
    appliance.clock.advance(13 * 3600)
    await_true(lambda: "day_ended" in appliance.log(), "the day's key is destroyed", 30)
    external.send(range(520, 530))
    assert closed_days(appliance.data_dir) == set()
    external.clickhouse.start()
    await_true(lambda: (SITE, DAY) in closed_days(appliance.data_dir), "the day is closed", 60)
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        await_equal(lambda: stats.totals(SITE, (DAY, DAY))["visitors"], before + 20, seconds=30)
        await_equal(lambda: stats.totals(SITE, "day")["visitors"], 10, seconds=30)

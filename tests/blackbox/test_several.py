"""Several of each: two processes of ingest count as one; of worker and warehouse there is one, and a second says so."""

import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from appliance.state import names
from appliance.state.connection import connect
from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.lone_part import LonePart
from tests.kit.ports import free_ports
from tests.kit.redis_server import running_redis
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = 1_930_478_400
SHARDS = 4


@pytest.fixture
def redis_url() -> Iterator[str]:
    with tempfile.TemporaryDirectory(prefix="redis-") as directory, running_redis(Path(directory)) as url:
        yield url


@pytest.fixture
def appliance(tmp_path: Path, redis_url: str) -> Iterator[ApplianceProcess]:
    """With a Redis of its own, prepared, not started."""
    made = ApplianceProcess(tmp_path, [Site(SITE)], at=NOON, extra=f'[redis]\nurl = "{redis_url}"\n')
    yield made
    made.clean_up()


def variant(appliance: ApplianceProcess, name: str, *changes: tuple[str, str]) -> Path:
    """A configuration that differs in some texts."""
    text = appliance.config.read_text()
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = appliance.directory / f"{name}.toml"
    path.write_text(text)
    return path


def elsewhere(appliance: ApplianceProcess) -> Path:
    """The same Redis and the same keys, but another data directory and other ports."""
    configured = [port for port in appliance.ports if f":{port}" in appliance.config.read_text()]
    ports = [(f":{old}", f":{new}") for old, new in zip(configured, free_ports(len(configured)), strict=True)]
    return variant(appliance, "elsewhere", (str(appliance.data_dir), str(appliance.directory / "other")), *ports)


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/live", trust_env=False, timeout=2).is_success
    except httpx.TransportError:
        return False


def said(appliance: ApplianceProcess, part: str, config: Path) -> str:
    """The one sentence with which a part that is not wanted ends."""
    ended = run(part, config)
    assert ended.returncode == 1, ended.stderr
    (sentence,) = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    return sentence


def numbers(appliance: ApplianceProcess) -> Callable[[], tuple[int, ...]]:
    def ask() -> tuple[int, ...]:
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            return tuple(stats.totals(SITE)[name] for name in ("visitors", "visits", "pageviews"))

    return ask


def test_two_processes_of_ingest_share_the_key_of_the_day(appliance: ApplianceProcess) -> None:
    [port] = free_ports(1)
    second = variant(appliance, "second", (f":{appliance.ports[0]}", f":{port}"))
    with appliance, LonePart("ingest", second):
        bases = (appliance.ingest, f"http://127.0.0.1:{port}")
        await_true(lambda: answers(bases[1]), "the second ingest answers", 30)
        people = [Visitor(f"87.128.1.{n + 1}") for n in range(40)]

        def send(base: str) -> None:
            Sender(base, appliance.clock).send([Hit(SITE, who, path=path) for who in people for path in ("/", "/b")])

        threads = [threading.Thread(target=send, args=(base,)) for base in bases]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        await_equal(numbers(appliance), (40, 40, 160), "hits of both", 30)


def test_second_worker_and_warehouse_end_with_a_sentence_and_change_nothing(appliance: ApplianceProcess) -> None:
    other = elsewhere(appliance)
    with appliance:
        Sender(appliance.ingest, appliance.clock).send([Hit(SITE, Visitor(f"87.128.1.{n}")) for n in range(1, 11)])
        for part in ("worker", "warehouse"):
            assert said(appliance, part, appliance.config) == (
                f"appliance: another {part} is running on {appliance.data_dir}"
            )
        assert "another worker (" in said(appliance, "worker", other)
        assert "another warehouse (" in said(appliance, "warehouse", other)
        assert not (appliance.directory / "other" / "clickhouse").exists()
        await_equal(numbers(appliance), (10, 10, 10), "the first go on", 30)
        assert "lease_lost" not in appliance.log()
        assert "part_died" not in appliance.log()


def test_shards_of_a_killed_worker_move_to_another_one(appliance: ApplianceProcess, redis_url: str) -> None:
    other = elsewhere(appliance)
    client = connect(redis_url)
    with (
        LonePart("warehouse", appliance.config),
        LonePart("ingest", appliance.config),
        LonePart("worker", appliance.config) as first,
    ):
        await_true(lambda: answers(appliance.ingest) and answers(appliance.stats), "the parts answer", 60)
        await_true(lambda: client.get(names.lease(SHARDS - 1)) is not None, "the first worker has the shards", 30)
        sender = Sender(appliance.ingest, appliance.clock)
        people = [Visitor(f"87.128.1.{n + 1}") for n in range(40)]
        sender.send([Hit(SITE, who, path="/") for who in people])
        first.kill()
        sender.send([Hit(SITE, who, path="/b") for who in people])
        left = max(client.pttl(names.lease(shard)) for shard in range(SHARDS))
        assert left <= 10_000, "a lease outlives its owner by ten seconds at most"
        with LonePart("worker", other) as second:
            waiting = lambda: sum(client.xlen(names.events(shard)) for shard in range(SHARDS))  # noqa: E731
            await_true(lambda: not waiting(), f"the other worker goes on: {second.log()}", 30)
            await_equal(numbers(appliance), (40, 40, 80), "nothing lost, nothing doubled", 30)
            assert (client.get(names.lease(0)) or b"").split(b"#")[0].endswith(b"/other")
    client.close()

"""Who may advance the shards when a worker stands still, or another one comes."""

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from appliance.aggregate.worker import Worker
from appliance.errors import LeaseLostError, UnavailableError
from appliance.state import names
from appliance.state.connection import Client
from appliance.state.lease import Lease, LeaseKeeper
from tests.kit.events import make_event
from tests.kit.worker_bench import SHARDS, Bench, at

pytestmark = pytest.mark.redis


class Running(threading.Thread):
    """A worker at work."""

    def __init__(self, worker: Worker) -> None:
        super().__init__()
        self.stop = threading.Event()
        self.ready = threading.Event()
        self.error: Exception | None = None
        self._worker = worker

    def run(self) -> None:
        try:
            self._worker.run(self.stop, self.ready.set)
        except Exception as error:
            self.error = error


@contextlib.contextmanager
def running(worker: Worker) -> Iterator[Running]:
    thread = Running(worker)
    thread.start()
    assert thread.ready.wait(10)
    try:
        yield thread
    finally:
        thread.stop.set()
        thread.join(20)
        assert not thread.is_alive()


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110  another thread: there is no event
            await asyncio.sleep(0.01)


@pytest.fixture
def bench(redis_client: Client, redis_url: str, tmp_path: Path) -> Bench:
    while redis_client.info("persistence")["aof_rewrite_in_progress"]:
        time.sleep(0.01)  # of the test before
    return Bench(redis_client, redis_url, tmp_path)


def queued(bench: Bench) -> int:
    return sum(bench.client.xlen(names.events(shard)) for shard in range(SHARDS))


async def test_lease_outlives_any_step_while_its_keeper_runs(redis_client: Client) -> None:
    lease = Lease(redis_client, 0, "here", "a")
    lease.acquire()
    keeper = LeaseKeeper([lease], every_seconds=0.01)
    keeper.start()
    redis_client.pexpire(names.lease(0), 300)
    await until(lambda: redis_client.pttl(names.lease(0)) > 5_000)
    keeper.stop()
    redis_client.pexpire(names.lease(0), 300)
    assert redis_client.pttl(names.lease(0)) <= 300


async def test_worker_that_stood_still_goes_on_when_nobody_came(bench: Bench) -> None:
    with running(bench.worker):
        await bench.send(make_event(tag=b"\x01" * 16, at_ms=at(0)))
        await until(lambda: not queued(bench))
        bench.client.delete(*(names.lease(shard) for shard in range(SHARDS)))
        await bench.send(make_event(tag=b"\x01" * 16, at_ms=at(1)), make_event(tag=b"\x02" * 16, at_ms=at(1)))
        await until(lambda: not queued(bench))
    assert {"lease_lost", "recovered"} <= {event for event, _ in bench.log}
    assert bench.totals() == {"visitors": 2, "visits": 2, "pageviews": 3, "events": 3, "visitors_hour": 2}


async def test_worker_that_lost_its_leases_says_that_redis_is_away_too(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_lease: Lease) -> None:
        raise UnavailableError("away")

    with running(bench.worker):
        monkeypatch.setattr(Lease, "acquire", away)
        bench.client.delete(*(names.lease(shard) for shard in range(SHARDS)))
        await bench.send(make_event(tag=b"\x01" * 16, at_ms=at(0)))
        await until(lambda: "redis_unavailable" in [event for event, _ in bench.log])
        monkeypatch.undo()
        await until(lambda: not queued(bench))
    assert [event for event, _ in bench.log if event != "lease_lost"] == ["redis_unavailable", "recovered"]


async def test_worker_whose_shards_were_taken_ends_and_has_written_nothing(bench: Bench) -> None:
    with running(bench.worker) as first:
        for shard in range(SHARDS):
            bench.client.set(names.lease(shard), "there#other", px=3_000)
        await bench.send(make_event(tag=b"\x01" * 16, at_ms=at(0)))
        await until(lambda: not first.is_alive())
    assert isinstance(first.error, LeaseLostError)
    assert "another worker (there)" in str(first.error)
    assert queued(bench) == 1
    assert bench.totals() == {}
    bench.run(bench.new_worker("third"))  # waits until the lease of the other one has expired
    assert bench.totals()["pageviews"] == 1

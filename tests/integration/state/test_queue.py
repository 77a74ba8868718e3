"""Appending events: acknowledged means queued, sealed, in order."""

import asyncio
import signal
import tempfile
from datetime import date
from pathlib import Path

import pytest

from appliance.anonymize.keyring import Keyring
from appliance.errors import KeyGoneError, UnavailableError
from appliance.state.connection import Client, connect_async
from appliance.state.lease import Lease
from appliance.state.queue import EventQueue
from appliance.state.shard import Shard
from tests.kit.events import make_event
from tests.kit.redis_server import RedisServer

pytestmark = pytest.mark.external

DAY = date(2026, 11, 23)
SHARDS = 2


def clock() -> float:
    return 1_795_000_000.0


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    keyring = Keyring.open(tmp_path, clock)
    keyring.day_key("example.org", DAY, create=True)
    return keyring


def shards(client: Client, keys: Keyring) -> list[Shard]:
    return [Shard(client, n, Lease(client, n, "here", "me"), keys, keys) for n in range(SHARDS)]


async def test_acknowledged_events_are_in_the_stream_of_their_shard_in_order(
    redis_client: Client, redis_url: str, keys: Keyring
) -> None:
    queue = EventQueue(connect_async(redis_url), keys, SHARDS)
    await queue.start()
    sent = [make_event(tag=bytes([n % 5]) * 16, at_ms=n) for n in range(200)]
    await asyncio.gather(*(queue.append("example.org", DAY, event) for event in sent))
    await queue.stop()
    for shard in shards(redis_client, keys):
        read = [event for entry in shard.read(1000) for part in entry.parts for event in part.events]
        assert read == [event for event in sent if event.tag[0] % SHARDS == shard.number]


async def test_nothing_readable_of_an_event_is_in_redis(redis_client: Client, redis_url: str, keys: Keyring) -> None:
    queue = EventQueue(connect_async(redis_url), keys, SHARDS)
    await queue.start()
    await queue.append("example.org", DAY, make_event(path="/canary-path"))
    await queue.stop()
    entries = redis_client.xrange("events:{0}")
    assert entries
    assert b"canary" not in repr(entries).encode()


async def test_cancelled_request_does_not_cancel_the_commit_of_others(
    redis_client: Client, redis_url: str, keys: Keyring
) -> None:
    queue = EventQueue(connect_async(redis_url), keys, 1)
    await queue.start()
    tasks = [asyncio.create_task(queue.append("example.org", DAY, make_event(at_ms=n))) for n in range(50)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    await queue.stop()
    assert [type(result) for result in results[1::2]] == [type(None)] * 25
    (shard,) = shards(redis_client, keys)[:1]
    assert sum(len(part.events) for entry in shard.read(100) for part in entry.parts) == 50


async def test_event_is_refused_when_redis_is_away(tmp_path: Path, keys: Keyring) -> None:
    queue = EventQueue(connect_async(f"unix://{tmp_path}/nobody.sock"), keys, 1)
    await queue.start()
    with pytest.raises(UnavailableError):
        await queue.append("example.org", DAY, make_event())
    await queue.stop()


async def test_who_waits_behind_a_commit_without_an_answer_does_not_wait_for_another(
    tmp_path: Path, keys: Keyring
) -> None:
    with tempfile.TemporaryDirectory(prefix="redis-") as directory, RedisServer(Path(directory)).running() as redis:
        queue = EventQueue(connect_async(redis.url), keys, 1)
        await queue.start()
        await queue.append("example.org", DAY, make_event())
        redis.send(signal.SIGSTOP)
        try:
            first = asyncio.create_task(queue.append("example.org", DAY, make_event()))
            await asyncio.sleep(0.1)  # it is under way
            others = [asyncio.create_task(queue.append("example.org", DAY, make_event())) for _ in range(5)]
            assert isinstance((await asyncio.gather(first, return_exceptions=True))[0], UnavailableError)
            await asyncio.sleep(0)
            assert all(isinstance(other.exception(), UnavailableError) for other in others)
        finally:
            redis.send(signal.SIGCONT)
        await queue.append("example.org", DAY, make_event())
        await queue.stop()


async def test_event_of_a_destroyed_day_is_refused(redis_client: Client, redis_url: str, keys: Keyring) -> None:
    queue = EventQueue(connect_async(redis_url), keys, 1)
    await queue.start()
    keys.destroy(keys.live()[0])
    with pytest.raises(KeyGoneError):
        await queue.append("example.org", DAY, make_event())
    await queue.stop()
    assert redis_client.keys("*") == []


async def test_stopping_commits_what_is_in_flight_and_waiting(
    redis_client: Client, redis_url: str, keys: Keyring
) -> None:
    queue = EventQueue(connect_async(redis_url), keys, 1)
    await queue.start()
    tasks = [asyncio.create_task(queue.append("example.org", DAY, make_event(at_ms=n))) for n in range(20)]
    await asyncio.sleep(0)
    late = asyncio.create_task(queue.append("example.org", DAY, make_event(at_ms=99)))
    await asyncio.sleep(0)
    await queue.stop()
    assert await asyncio.gather(*tasks, late) == [None] * 21
    (shard,) = shards(redis_client, keys)[:1]
    assert sum(len(part.events) for entry in shard.read(100) for part in entry.parts) == 21


async def test_backlog_of_large_entries_is_read_in_bounded_pieces(
    redis_client: Client, redis_url: str, keys: Keyring
) -> None:
    queue = EventQueue(connect_async(redis_url), keys, 1)
    waiting = [asyncio.create_task(queue.append("example.org", DAY, make_event(at_ms=n))) for n in range(5000)]
    await asyncio.sleep(0)
    await queue.start()
    await asyncio.gather(*waiting)
    await queue.stop()
    shard = shards(redis_client, keys)[0]
    read = shard.read(500, 1500)
    assert [event.at_ms for entry in read for part in entry.parts for event in part.events] == list(range(2000))
    assert len(shard.read(500)) == 5

"""A Redis that fills up refuses hits in time, and empties again by itself."""

import asyncio
import tempfile
import threading
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.errors import UnavailableError
from appliance.events import CleanEvent
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, Settings, SiteSettings
from appliance.state.connection import Client, connect, connect_async
from appliance.state.memory import FACTS_UP_TO, HITS_UP_TO, share_used
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.state.queue import EventQueue
from tests.kit.events import make_event
from tests.kit.redis_server import running_redis

SITE, DAY, NOON = "example.org", date(2026, 11, 23), 1_795_435_200.0
SETTINGS = Settings(sites=(SiteSettings(id=SITE),), redis=RedisSettings(shards=1))
ROUND, MAX_ROUNDS, VISITORS = 1000, 100, 200


@pytest.fixture
def small_redis() -> Iterator[str]:
    options = ("--maxmemory", "6mb", "--maxmemory-policy", "noeviction")
    with tempfile.TemporaryDirectory(prefix="redis-") as directory, running_redis(Path(directory), *options) as url:
        yield url


@pytest.fixture
def client(small_redis: str) -> Iterator[Client]:
    client = connect(small_redis)
    yield client
    client.close()


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    keyring = Keyring.open(tmp_path, lambda: NOON)
    keyring.day_key(SITE, DAY, create=True)
    return keyring


class Counting:
    """Worker and writer in turn, as often as asked."""

    def __init__(self, client: Client, keys: Keyring, directory: Path) -> None:
        self.log: list[str] = []
        self.client = client
        self.keys = keys
        self.transport = Keyring.open(directory, lambda: NOON, TRANSPORT_KEYS_FILE)
        self.evidence = EvidenceLog(directory / "evidence.jsonl")
        self.outboxes = [Outbox(client, self.transport, 1, lane) for lane in (FACTS, PAIRS)]

    def work(self) -> None:
        """Let a worker take what it may, and stop."""
        stop = threading.Event()
        worker = Worker(
            *(SETTINGS, self.client, self.keys, self.transport, self.evidence, lambda: NOON),
            *(lambda event, **_: self.log.append(event), "here", "me"),
        )
        worker.run(stop, stop.set)

    def write(self) -> int:
        """Take everything out of the outboxes; returns the events in it."""
        return sum(self._write(outbox) for outbox in self.outboxes)

    def _write(self, outbox: Outbox) -> int:
        entries = outbox.read(MAX_ROUNDS)
        note = FlushNote("token", [(entry.shard, entry.id) for entry in entries])
        outbox.note(note)
        outbox.confirm(note)
        return sum(len(entry.batch.events) for entry in entries if entry.batch)


async def fill(queue: EventQueue) -> int:
    """Send until hits are refused; returns how many were acknowledged."""
    taken = 0
    for _ in range(MAX_ROUNDS):
        events = [numbered(n) for n in range(ROUND)]
        answers = await asyncio.gather(*(queue.append(SITE, DAY, event) for event in events), return_exceptions=True)
        taken += answers.count(None)
        await queue.look()
        if answers.count(None) == 0:
            return taken
    raise AssertionError("nothing was refused")


def numbered(number: int) -> CleanEvent:
    return make_event(tag=(number % VISITORS).to_bytes(16, "little"), at_ms=int(NOON * 1000))


def used(client: Client) -> float:
    return share_used(client.info("memory"))


def test_share_is_nothing_without_a_limit() -> None:
    assert share_used({"maxmemory": 0, "used_memory": 10}) == 0.0
    assert share_used({"maxmemory": 100, "used_memory": 90, "mem_not_counted_for_evict": 10}) == 0.8


async def test_hits_are_refused_before_redis_is_full_and_taken_again_when_there_is_room(
    small_redis: str, client: Client, keys: Keyring
) -> None:
    put_ballast(client, HITS_UP_TO)
    queue = EventQueue(connect_async(small_redis), keys, 1)
    await queue.start()
    assert not await queue.ping()
    with pytest.raises(UnavailableError):
        await queue.append(SITE, DAY, make_event())
    client.delete("ballast")
    await queue.look()
    assert await queue.ping()
    await queue.append(SITE, DAY, make_event())
    await queue.stop()


async def test_worker_leaves_a_backlog_where_it_is_until_there_is_room_and_then_counts_all_of_it(
    small_redis: str, client: Client, keys: Keyring, tmp_path: Path
) -> None:
    queue = EventQueue(connect_async(small_redis), keys, 1)
    await queue.start()
    taken = await fill(queue)
    await queue.stop()
    counting = Counting(client, keys, tmp_path)
    put_ballast(client, FACTS_UP_TO)
    waiting = client.xlen("events:{0}")
    assert waiting > 1

    counting.work()
    assert client.xlen("events:{0}") == waiting
    client.delete("ballast")
    counted = 0
    while client.xlen("events:{0}"):  # facts are larger than events: they do not all fit at once
        counting.work()
        counted += counting.write()
    assert counted == taken
    assert "redis_unavailable" not in counting.log


def put_ballast(client: Client, share: float) -> None:
    while used(client) < share:
        client.rpush("ballast", b"x" * 50_000)

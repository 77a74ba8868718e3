"""The note makes an insert repeatable; a day is ready to close when its facts are through."""

from datetime import date
from pathlib import Path

import pytest

from appliance.anonymize.keyring import Keyring
from appliance.facts import FactBatch, OutcomeFact
from appliance.state import envelope, names
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client, connect_async
from appliance.state.outbox import FlushNote, Outbox, OutcomeSink
from appliance.state.shard import _encode

pytestmark = pytest.mark.external

KEY = "transport|2026-11-23"
DAY = date(2026, 11, 23)
SHARDS = 2


def clock() -> float:
    return 1_795_000_000.0


@pytest.fixture
def transport(tmp_path: Path) -> Keyring:
    keyring = Keyring.open(tmp_path, clock)
    keyring.key(KEY, create=True)
    return keyring


@pytest.fixture
def outbox(redis_client: Client, transport: Keyring) -> Outbox:
    return Outbox(redis_client, transport, SHARDS)


def put(client: Client, transport: Keyring, shard: int, hits: int) -> FactBatch:
    batch = FactBatch(outcomes=[OutcomeFact("example.org", 20_000, 1, "accepted", hits)])
    place = f"outbox:{{{shard}}}"
    client.xadd(place, {"facts": envelope.seal(transport, KEY, place, _encode(batch))})
    return batch


def test_entries_stay_until_confirmed(redis_client: Client, transport: Keyring, outbox: Outbox) -> None:
    batches = [put(redis_client, transport, shard, hits) for shard, hits in ((0, 1), (0, 2), (1, 3))]
    entries = outbox.read(10)
    assert [entry.batch for entry in entries] == batches
    note = FlushNote("token", [(entry.shard, entry.id) for entry in entries])
    outbox.note(note)
    assert outbox.noted() == note
    assert outbox.read_noted(note) == entries
    outbox.confirm(note)
    assert outbox.noted() is None
    assert outbox.waiting() == 0


def test_entry_without_its_key_is_told_apart(redis_client: Client, transport: Keyring, outbox: Outbox) -> None:
    put(redis_client, transport, 0, 1)
    transport.destroy(transport.live()[0])
    assert [entry.batch for entry in outbox.read(10)] == [None]


def test_oldest_keys_name_what_is_still_waiting(redis_client: Client, transport: Keyring, outbox: Outbox) -> None:
    assert outbox.oldest_key_names() == set()
    put(redis_client, transport, 1, 1)
    assert outbox.oldest_key_names() == {KEY}


async def test_outcome_counts_reach_the_writer(redis_client: Client, redis_url: str, outbox: Outbox) -> None:
    counts = [OutcomeFact("example.org", 20_000, 0, "gpc", 7)]
    client = connect_async(redis_url)
    await OutcomeSink(client).append(counts, 1)
    await client.aclose()
    assert [entry.batch for entry in outbox.read(10)] == [FactBatch(outcomes=counts)]


async def test_outcome_counts_are_taken_once_for_each_number(
    redis_client: Client, redis_url: str, outbox: Outbox
) -> None:
    client = connect_async(redis_url)
    one, other = OutcomeSink(client), OutcomeSink(client)
    for number, sink in ((1, one), (1, one), (1, other), (2, one), (2, one)):
        await sink.append([OutcomeFact("example.org", 20_000, 0, "bot", number)], number)
    await client.aclose()
    batches = [entry.batch for entry in outbox.read(10)]
    assert [fact.hits for batch in batches if batch for fact in batch.outcomes] == [1, 1, 2]
    (handed, _) = redis_client.keys("handed:*")
    assert 0 < redis_client.ttl(handed) <= 72 * 3600


def test_day_is_ready_when_nothing_older_is_left(redis_client: Client, transport: Keyring, outbox: Outbox) -> None:
    closes = CloseRequests(redis_client, SHARDS)
    put(redis_client, transport, 0, 1)
    put(redis_client, transport, 1, 1)
    closes.request("example.org", DAY)
    assert [request.ready for request in closes.pending()] == [False]
    note = FlushNote("token", [(entry.shard, entry.id) for entry in outbox.read(10)])
    put(redis_client, transport, 0, 2)  # of the next day: must not hold the close up
    outbox.note(note)
    assert [request.ready for request in closes.pending()] == [False]
    outbox.confirm(note)
    (request,) = closes.pending()
    assert (request.site, request.day, request.ready) == ("example.org", DAY, True)
    closes.done(request)
    assert closes.pending() == []


def test_day_without_waiting_facts_is_ready_at_once(redis_client: Client) -> None:
    closes = CloseRequests(redis_client, SHARDS)
    closes.request("example.org", DAY)
    assert [request.ready for request in closes.pending()] == [True]


def test_rejected_entries_are_set_aside_as_sealed_as_they_were(
    redis_client: Client, transport: Keyring, outbox: Outbox
) -> None:
    for shard, hits in ((0, 1), (0, 2), (1, 3)):
        put(redis_client, transport, shard, hits)
    entries = outbox.read(10)
    places = [(entry.shard, entry.id) for entry in entries]
    outbox.confirm(FlushNote("token", places), rejected=places[1:])
    assert outbox.waiting() == 0
    assert outbox.set_aside() == 2
    kept = [fields for _, fields in redis_client.xrange(names.SET_ASIDE)]
    for fields, entry in zip(kept, entries[1:], strict=True):
        opened = envelope.unseal(transport, fields[b"place"].decode(), fields[b"facts"])
        assert opened == _encode(entry.batch)
    assert 0 < redis_client.ttl(names.SET_ASIDE) <= 72 * 3600

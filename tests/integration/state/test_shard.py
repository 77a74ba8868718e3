"""One transaction per batch, only under the lease."""

from datetime import date
from pathlib import Path

import pytest

from appliance.anonymize.keyring import Keyring
from appliance.errors import LeaseLostError
from appliance.facts import FactBatch, OutcomeFact
from appliance.state.connection import Client
from appliance.state.lease import Lease
from appliance.state.outbox import Outbox
from appliance.state.shard import SealedProfile, Shard

pytestmark = pytest.mark.external

DAY = date(2026, 11, 23)
NAME = "example.org|2026-11-23"
TAG = b"\x01" * 16
FACTS = FactBatch(outcomes=[OutcomeFact("example.org", 20_000, 1, "accepted", 1)])


def clock() -> float:
    return 1_795_000_000.0


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    keyring = Keyring.open(tmp_path, clock)
    keyring.key(NAME, create=True)
    return keyring


@pytest.fixture
def lease(redis_client: Client) -> Lease:
    lease = Lease(redis_client, 0, "here", "me")
    assert lease.acquire() is None
    return lease


@pytest.fixture
def shard(redis_client: Client, lease: Lease, keys: Keyring) -> Shard:
    return Shard(redis_client, 0, lease, keys, keys)


def test_committed_profile_is_read_back_and_expires(shard: Shard, redis_client: Client) -> None:
    shard.commit([], [SealedProfile(NAME, TAG, b"content", 60_000)], FactBatch(), NAME)
    assert shard.profiles([TAG, b"\x02" * 16]) == [b"content", None]
    assert list(shard.all_profiles()) == [(NAME, TAG, b"content")]
    assert 0 < redis_client.pttl(f"visitor:{{0}}:{TAG.hex()}") <= 60_000


def test_profile_is_sealed(shard: Shard, redis_client: Client) -> None:
    shard.commit([], [SealedProfile(NAME, TAG, b"canary-content", 60_000)], FactBatch(), NAME)
    assert b"canary" not in redis_client.get(f"visitor:{{0}}:{TAG.hex()}")


def test_profile_moved_to_another_visitor_does_not_open(shard: Shard, redis_client: Client) -> None:
    shard.commit([], [SealedProfile(NAME, TAG, b"content", 60_000)], FactBatch(), NAME)
    redis_client.rename(f"visitor:{{0}}:{TAG.hex()}", f"visitor:{{0}}:{(b'2' * 16).hex()}")
    assert shard.profiles([b"2" * 16]) == [None]


def test_empty_content_deletes_the_profile(shard: Shard) -> None:
    shard.commit([], [SealedProfile(NAME, TAG, b"content", 60_000)], FactBatch(), NAME)
    shard.commit([], [SealedProfile(NAME, TAG, b"", 0)], FactBatch(), NAME)
    assert list(shard.all_profiles()) == []


def test_consumed_entries_go_and_facts_come_in_one_step(shard: Shard, redis_client: Client, keys: Keyring) -> None:
    entry = redis_client.xadd("events:{0}", {NAME: b"x"}).decode()
    shard.commit([entry], [], FACTS, NAME)
    assert shard.read(10) == []
    assert [entry.batch for entry in Outbox(redis_client, keys, 1).read(10)] == [FACTS]


def test_nothing_is_written_once_another_worker_has_the_shard(
    shard: Shard, redis_client: Client, keys: Keyring
) -> None:
    entry = redis_client.xadd("events:{0}", {NAME: b"x"}).decode()
    redis_client.set("lease:{0}", b"elsewhere#you")
    with pytest.raises(LeaseLostError):
        shard.commit([entry], [SealedProfile(NAME, TAG, b"content", 60_000)], FACTS, NAME)
    assert redis_client.xlen("events:{0}") == 1
    assert redis_client.xlen("outbox:{0}") == 0
    assert list(shard.all_profiles()) == []


def test_unreadable_events_are_counted_not_lost_silently(shard: Shard, redis_client: Client) -> None:
    redis_client.xadd("events:{0}", {NAME: b"garbage"})
    (entry,) = shard.read(10)
    assert [(part.events, part.unreadable) for part in entry.parts] == [([], 1)]

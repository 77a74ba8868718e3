"""Who may advance a shard."""

import pytest

from appliance.errors import LeaseLostError
from appliance.state import names
from appliance.state.connection import Client, TransactionAbortedError
from appliance.state.lease import Lease, LeaseKeeper, WriterLease
from appliance.state.outbox import FACTS, FlushNote, Outbox

pytestmark = pytest.mark.external


def test_second_worker_elsewhere_is_told_who_holds_the_shard(redis_client: Client) -> None:
    assert Lease(redis_client, 0, "here", "a").acquire() is None
    assert Lease(redis_client, 0, "there", "b").acquire() == "here"


def test_worker_of_the_same_station_takes_over_at_once(redis_client: Client) -> None:
    first = Lease(redis_client, 0, "here", "killed")
    first.acquire()
    assert Lease(redis_client, 0, "here", "restarted").acquire() is None
    with pytest.raises(LeaseLostError):
        first.keep()


def test_lease_expires_by_itself(redis_client: Client) -> None:
    lease = Lease(redis_client, 0, "here", "a")
    lease.acquire()
    assert 0 < redis_client.pttl("lease:{0}") <= 10_000


def test_released_lease_is_free_and_a_foreign_one_is_left_alone(redis_client: Client) -> None:
    lease = Lease(redis_client, 0, "here", "a")
    lease.acquire()
    lease.release()
    other = Lease(redis_client, 0, "there", "b")
    assert other.acquire() is None
    lease.release()
    other.keep()


class NoSealer:
    """Nothing is opened here."""

    def seal(self, name: str, plaintext: bytes, associated: bytes) -> bytes:
        raise NotImplementedError

    def unseal(self, name: str, sealed: bytes, associated: bytes) -> bytes:
        raise NotImplementedError


def test_warehouse_that_lost_the_outboxes_notes_and_deletes_nothing(redis_client: Client) -> None:
    mine, theirs = WriterLease(redis_client, "here", "a"), WriterLease(redis_client, "there", "b")
    assert mine.acquire() is None
    assert theirs.acquire() == "here"
    outbox = Outbox(redis_client, NoSealer(), 1, FACTS, mine)
    entry = redis_client.xadd(names.outbox(0), {"facts": b"x"}).decode()
    note = FlushNote("token", [(0, entry)])
    outbox.note(note)
    assert outbox.noted() == note
    mine.release()  # as if it had expired
    assert theirs.acquire() is None
    with pytest.raises(LeaseLostError, match="the outboxes"):
        outbox.note(FlushNote("another", [(0, entry)]))
    with pytest.raises(LeaseLostError, match="the outboxes"):
        outbox.confirm(note)
    assert outbox.noted() == note
    assert redis_client.xlen(names.outbox(0)) == 1
    Outbox(redis_client, NoSealer(), 1, FACTS, theirs).confirm(note)
    assert outbox.noted() is None
    assert redis_client.xlen(names.outbox(0)) == 0


def test_lease_that_goes_between_look_and_execution_stops_the_transaction(redis_client: Client) -> None:
    mine = WriterLease(redis_client, "here", "a")
    mine.acquire()
    with redis_client.pipeline(transaction=True) as transaction, mine.fence(transaction):
        transaction.set("written", 1)
        redis_client.set(names.WRITER, "there#b")
        with pytest.raises(TransactionAbortedError):
            transaction.execute()
    assert redis_client.get("written") is None


def test_renewals_of_its_own_do_not_stop_a_transaction(redis_client: Client) -> None:
    mine = WriterLease(redis_client, "here", "a")
    mine.acquire()
    keeper = LeaseKeeper([mine], every_seconds=0)
    keeper.start()
    try:
        for number in range(100):
            with redis_client.pipeline(transaction=True) as transaction, mine.fence(transaction):
                transaction.set("written", number)
                transaction.execute()
    finally:
        keeper.stop()
    assert redis_client.get("written") == b"99"

"""Who may advance a shard."""

import pytest

from appliance.errors import LeaseLostError
from appliance.state.connection import Client
from appliance.state.lease import Lease


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

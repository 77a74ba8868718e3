"""What waits in a real Redis, and what it says of itself."""

from appliance.state import names
from appliance.state.backlog import Backlog, read_backlog, read_redis_state
from appliance.state.connection import Client

SHARDS = 2


def test_an_empty_redis_has_no_backlog(redis_client: Client) -> None:
    assert read_backlog(redis_client, SHARDS) == Backlog(0, 0, None, 0, 0, None)


def test_counts_every_stream_and_the_age_of_the_oldest_entries(redis_client: Client) -> None:
    redis_client.xadd(names.events(0), {"a": "b"}, id="700-0")
    redis_client.xadd(names.events(1), {"a": "b"})
    redis_client.xadd(names.outbox(1), {"a": "b"}, id="2000-0")
    redis_client.xadd(names.pairs(0), {"a": "b"}, id="1000-0")
    redis_client.xadd(names.SET_ASIDE, {"a": "b"})
    redis_client.xadd(names.CLOSES, {"a": "b"})
    assert read_backlog(redis_client, SHARDS) == Backlog(2, 2, 1000, 1, 1, 700)


def test_says_how_redis_is(redis_client: Client) -> None:
    state = read_redis_state(redis_client)
    assert state.version
    assert state.eviction_policy == "noeviction"
    assert not state.last_write_failed
    assert state.memory_used > 0
    assert state.memory_limit >= 0

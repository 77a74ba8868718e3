"""How much waits in Redis, for operators: numbers and ages, nothing of any visitor."""

from typing import Any, NamedTuple

from appliance.state import names
from appliance.state.connection import Client, translated
from appliance.state.memory import share_used, used_bytes


class Backlog(NamedTuple):
    """What has not got where it is going."""

    events: int
    """Commits of ingest that the worker has not read."""
    facts: int
    """Entries of both outboxes that ClickHouse has not got."""
    oldest_facts_ms: int | None
    """When the oldest of these was written, in milliseconds since 1970 by the clock of Redis; None without any."""
    set_aside: int
    """Entries that ClickHouse will never take."""
    days_to_close: int
    """Days whose visits are ended and whose cells are still open."""
    oldest_events_ms: int | None
    """When the oldest of the commits was written; None without any."""


class RedisState(NamedTuple):
    """What Redis says of itself."""

    version: str
    memory_share: float
    """Of `maxmemory`; 0 where there is no limit."""
    eviction_policy: str
    is_append_only: bool
    last_write_failed: bool
    """The append-only file could not be written or rewritten."""
    memory_used: int = 0
    """Bytes that count against the limit."""
    memory_limit: int = 0
    """`maxmemory` in bytes, 0 without one."""


def read_backlog(client: Client, shards: int) -> Backlog:
    """Ask for the backlog; raises UnavailableError."""
    queues = [names.events(shard) for shard in range(shards)]
    places = [*queues, *(place(shard) for place in (names.outbox, names.pairs) for shard in range(shards))]
    with translated():
        pipeline = client.pipeline(transaction=False)
        for place in places:
            pipeline.xlen(place)
        for place in places:
            pipeline.xrange(place, count=1)
        pipeline.xlen(names.SET_ASIDE)
        pipeline.xlen(names.CLOSES)
        replies: Any = pipeline.execute()
    lengths, firsts = replies[: len(places)], replies[len(places) : -2]
    return Backlog(
        sum(lengths[:shards]),
        sum(lengths[shards:]),
        _oldest(firsts[shards:]),
        set_aside=replies[-2],
        days_to_close=replies[-1],
        oldest_events_ms=_oldest(firsts[:shards]),
    )


def _oldest(firsts: Any) -> int | None:
    return min((int(entry_id.partition(b"-")[0]) for entries in firsts for entry_id, _ in entries), default=None)


def read_redis_state(client: Client) -> RedisState:
    """Ask Redis about itself; raises UnavailableError."""
    with translated():
        server: Any = client.info("server")
        memory: Any = client.info("memory")
        persistence: Any = client.info("persistence")
    failed = any(persistence.get(key, "ok") != "ok" for key in ("aof_last_write_status", "aof_last_bgrewrite_status"))
    return RedisState(
        str(server.get("redis_version", "")),
        share_used(memory),
        str(memory.get("maxmemory_policy", "")),
        bool(persistence.get("aof_enabled")),
        failed,
        used_bytes(memory),
        int(memory.get("maxmemory", 0)),
    )

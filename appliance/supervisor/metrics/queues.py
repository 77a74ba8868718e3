"""What waits in Redis, and how full it is, as samples. Numbers and ages, nothing of any visitor."""

import time
from collections.abc import Iterator

from appliance.metrics.samples import Sample, number
from appliance.settings import Settings
from appliance.state.backlog import read_backlog, read_redis_state
from appliance.state.connection import connect
from appliance.state.store_mark import emptied_at
from appliance.supervisor.doctor.engines import overdue_days
from appliance.supervisor.redis_server import connection_url


def queue_samples(settings: Settings, now: float) -> Iterator[Sample]:
    """Ask Redis.

    Args:
        now: by the clock of the appliance; entries have their ages by the machine's, which is that of Redis.

    Raises:
        UnavailableError: Redis is away.
    """
    client = connect(connection_url(settings))
    try:
        state, backlog = read_redis_state(client), read_backlog(client, settings.redis.shards)
        late = overdue_days(client, settings, now)
        emptied = emptied_at(client)
    finally:
        client.close()
    yield number("appliance_redis_memory_used_bytes", state.memory_used)
    yield number("appliance_redis_memory_limit_bytes", state.memory_limit)
    yield number("appliance_redis_emptied_seconds", emptied)
    yield number("appliance_queue_entries", backlog.events)
    yield number("appliance_queue_oldest_seconds", _age(backlog.oldest_events_ms))
    yield number("appliance_outbox_entries", backlog.facts)
    yield number("appliance_outbox_oldest_seconds", _age(backlog.oldest_facts_ms))
    yield number("appliance_set_aside_entries", backlog.set_aside)
    yield number("appliance_days_to_close", backlog.days_to_close)
    yield number("appliance_days_overdue", len(late))


def _age(oldest_ms: int | None) -> float:
    return 0.0 if oldest_ms is None else max(0.0, time.time() - oldest_ms / 1000)

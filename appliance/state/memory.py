"""How full Redis is, and who may still write.

A Redis that is quite full takes no write at all, not even those that make room. So hits are refused first, facts
wait next, and the rest is kept for the writer's note, the close of visits and the leases.
"""

from collections.abc import Mapping
from typing import Any

from appliance.state.connection import Client, translated

HITS_UP_TO = 0.70
"""Above this share of `maxmemory` ingest answers 503."""
HITS_AGAIN_FROM = 0.67
"""Below this share hits are taken again: not at once, or every second hit would be refused."""
FACTS_UP_TO = 0.85
"""Above this share the worker leaves events in the queue until the writer has made room."""


def share_used(memory: Mapping[str, Any]) -> float:
    """Share of `maxmemory` in use, from the answer to INFO memory; 0 where there is no limit."""
    limit = int(memory.get("maxmemory", 0))
    return used_bytes(memory) / limit if limit else 0.0


def used_bytes(memory: Mapping[str, Any]) -> int:
    """Bytes that count against `maxmemory`."""
    return int(memory.get("used_memory", 0)) - int(memory.get("mem_not_counted_for_evict", 0))


def has_room_for_facts(client: Client) -> bool:
    """Whether the worker may add to the outbox; raises UnavailableError."""
    with translated():
        memory: Any = client.info("memory")
    return share_used(memory) < FACTS_UP_TO

"""Names of all keys in Redis. The shard number is the hash tag of every key, so that a shard is one slot."""


def events(shard: int) -> str:
    """Stream of sealed events."""
    return f"events:{{{shard}}}"


def visitor(shard: int, tag: bytes) -> str:
    """Sealed profile of a visitor's day."""
    return f"visitor:{{{shard}}}:{tag.hex()}"


def visitors(shard: int) -> str:
    """Pattern of all profiles of a shard."""
    return f"visitor:{{{shard}}}:*"


def outbox(shard: int) -> str:
    """Stream of sealed facts."""
    return f"outbox:{{{shard}}}"


def pairs(shard: int) -> str:
    """Stream of sealed visits of which pairs are to be counted."""
    return f"pairs:{{{shard}}}"


def lease(shard: int) -> str:
    """Owner of a shard."""
    return f"lease:{{{shard}}}"


def live(site: str) -> str:
    """Current visitors of a site."""
    return f"live:{site}"


def handed(process: str) -> str:
    """Number of the last hand-over of drop counts by one process of ingest."""
    return f"handed:{{0}}:{process}"


WRITER = "lease:{0}:writer"
"""Owner of the outboxes."""

FLUSH = "flush:{0}"
"""Which outbox entries the writer is inserting."""

FLUSH_PAIRS = "flush-pairs:{0}"
"""Which entries of the pairs it is inserting."""

SET_ASIDE = "set-aside:{0}"
"""Stream of entries that ClickHouse will never take, as sealed as they were."""

CLOSES = "closes:{0}"
"""Stream of days whose visits are closed, for the warehouse."""

STORE_MARK = "store-mark:{0}"
"""A random word that is there as long as Redis keeps its data."""

EMPTIED = "emptied:{0}"
"""When Redis was found without its data, for a day."""

OPEN_DAYS = "days:{0}"
"""Set of day keys that were made and whose day is not ended."""


def shard_of(tag: bytes, shards: int) -> int:
    """Shard of a visitor: all events of one visitor are handled in order by one owner."""
    return tag[0] % shards

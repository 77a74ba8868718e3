"""The only place that imports `redis`: connections, and its errors turned into ours.

Replies are bytes. Time-outs are short, because a request waits for them; nothing is retried here, since a write
whose answer was lost may have happened.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import redis
import redis.asyncio
from redis.backoff import NoBackoff
from redis.retry import Retry

from appliance.errors import StartError, UnavailableError

Client = redis.Redis
AsyncClient = redis.asyncio.Redis
Pipeline = redis.client.Pipeline
TransactionAbortedError = redis.WatchError

_TIMEOUT_SECONDS = 5.0
_HIT_TIMEOUT_SECONDS = 2.0


def connect(url: str) -> Client:
    """Connection of the worker and the writer."""
    return redis.Redis.from_url(
        url,
        socket_timeout=_TIMEOUT_SECONDS,
        socket_connect_timeout=_TIMEOUT_SECONDS,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )


def connect_async(url: str) -> AsyncClient:
    """Connection of ingest; a write that takes longer than two seconds counts as refused."""
    return redis.asyncio.Redis.from_url(
        url,
        socket_timeout=_HIT_TIMEOUT_SECONDS,
        socket_connect_timeout=_HIT_TIMEOUT_SECONDS,
        retry=redis.asyncio.retry.Retry(NoBackoff(), 0),
        protocol=2,
    )


@contextmanager
def translated() -> Iterator[None]:
    """Turn errors of the engine into `UnavailableError`. The text has no command and no value in it."""
    try:
        yield
    except redis.WatchError:
        raise
    except (redis.RedisError, OSError) as error:
        raise UnavailableError(f"Redis did not take the command ({_kind(error)})") from None


def refusal(error: Exception) -> UnavailableError:
    """A reply that is an error, as ours; without its text."""
    return UnavailableError(f"Redis did not take the command ({_code(error)})")


def _kind(error: Exception) -> str:
    return _code(error) if isinstance(error, redis.ResponseError) else type(error).__name__


def _code(error: Exception) -> str:
    """First word of Redis' message, `OOM` for example."""
    return str(error).split(" ", 1)[0] or "refused"


def check_eviction_policy(client: Client) -> None:
    """Refuse a Redis that would evict queued hits.

    Raises:
        StartError: the policy is `allkeys-*`, which drops whole streams when memory is full.
    """
    with translated():
        memory: Any = client.info("memory")
    policy = str(memory.get("maxmemory_policy", ""))
    if policy.startswith("allkeys"):
        raise StartError(
            f"Redis has maxmemory-policy {policy}, which would drop queued hits when memory is full; "
            "set maxmemory-policy noeviction"
        )


def rewrite_append_only_file(client: Client) -> bool | None:
    """Start a rewrite, after which deleted keys and consumed entries are gone from the file.

    Returns:
        True if it has started, None while an earlier one runs (it may have copied what is deleted by now: ask
        again), False where an external Redis does not allow it.

    Raises:
        UnavailableError: Redis is away.
    """
    with translated():
        try:
            persistence: Any = client.info("persistence")
            if persistence.get("aof_rewrite_in_progress"):
                return None
            return bool(client.bgrewriteaof())
        except redis.ResponseError:
            return False


def is_rewriting_append_only_file(client: Client) -> bool:
    """Whether a rewrite runs or is about to; raises UnavailableError."""
    with translated():
        persistence: Any = client.info("persistence")
    return bool(persistence.get("aof_rewrite_in_progress") or persistence.get("aof_rewrite_scheduled"))

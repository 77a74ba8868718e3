"""The embedded engine: how small it is kept, and why it refuses to start.

Nothing here touches the engine itself; `client` passes the options on.
"""

import fcntl
import os
from pathlib import Path

from appliance.errors import StartError

ENGINE_OPTIONS: dict[str, int | str] = {
    # Memory: the engine's own count, without the 200 MB of its program that the kernel can drop at any time.
    "max_server_memory_usage": 700_000_000,
    "mark_cache_size": 16_000_000,
    "primary_index_cache_size": 16_000_000,
    "index_mark_cache_size": 1_000_000,
    "uncompressed_cache_size": 0,
    "query_condition_cache_size": 1_000_000,
    "compiled_expression_cache_size": 8_000_000,
    # Threads: two merges at a time and as many helpers as two questions and an insert can use.
    "max_thread_pool_size": 64,
    "max_thread_pool_free_size": 4,
    "background_pool_size": 2,
    "background_schedule_pool_size": 2,
    "background_schedule_pool_initial_size": 1,
    "background_common_pool_size": 1,
}
"""Start options of the engine. The numbers are for a small machine; see docs on its memory."""


def refusal(directory: Path, error: Exception) -> StartError:
    """Say in one sentence why the engine did not open this directory."""
    if isinstance(error, OSError):
        return StartError(f"{directory}: the counters' directory cannot be made ({error.strerror})")
    if not os.access(directory, os.W_OK | os.X_OK):
        return StartError(f"{directory}: the counters' directory is not writable")
    if _is_locked(directory / "status"):
        return StartError(f"{directory}: another appliance has these counters open; stop it first")
    return StartError(f"{directory}: the embedded ClickHouse cannot open its files")


def _is_locked(status: Path) -> bool:
    """Whether a process holds the engine's lock, which is a flock on its status file."""
    try:
        descriptor = os.open(status, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False

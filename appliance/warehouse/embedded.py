"""The embedded engine: how small it is kept, and why it refuses to start.

`client` opens it; here is what has to be so before, and what to say when it fails.
"""

import fcntl
import os
from pathlib import Path

from appliance.errors import StartError
from appliance.warehouse.ghosts import withdraw_ghosts

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
_ALLOCATOR = {"JE_MALLOC_CONF": "percpu_arena:disabled,narenas:2,dirty_decay_ms:300"}
"""Of the engine's jemalloc, read when its program is loaded (jemalloc(3), TUNING). Two arenas, because memory that one
insert freed serves the next, and what is free goes back after a third of a second instead of five: 70 MB less."""


def prepare(directory: Path) -> None:
    """Make the engine's directory and put right what a kill has left in it, unless the engine is running.

    Sets the environment of its allocator, unless somebody has.

    Raises:
        StartError: the directory cannot be made or read.
    """
    for name, value in _ALLOCATOR.items():
        os.environ.setdefault(name, value)
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not is_in_use(directory):
            withdraw_ghosts(directory)
    except OSError as error:
        raise StartError(f"{directory}: the counters' directory cannot be used ({error.strerror})") from None


def refusal(directory: Path) -> StartError:
    """Say in one sentence why the engine did not open this directory."""
    if is_in_use(directory):
        return StartError(f"{directory}: another appliance has these counters open; stop it first")
    if not os.access(directory, os.W_OK | os.X_OK):
        return StartError(f"{directory}: the counters' directory is not writable")
    return StartError(f"{directory}: the embedded ClickHouse cannot open its files")


def is_in_use(directory: Path) -> bool:
    """Whether a process, this one included, has the engine open: it holds a flock on its status file."""
    try:
        descriptor = os.open(directory / "status", os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False

"""Notices a part that runs and does nothing: stopped, deadlocked, or caught in a loop.

The supervisor asks every part in turn. One that leaves several questions in a row unanswered is killed and started
again, because nothing else would ever end it. Questions are counted, not seconds: a machine that slept has asked none.
"""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

EVERY_SECONDS = 2.0
QUESTIONS = 6
"""Unanswered in a row; with two seconds of waiting for each answer, a part is given up after some 24 s."""
WORKER_QUESTIONS = 20
"""The worker answers between steps of its work, of which the longest, reading all visitors of a day, takes seconds."""

IsAlive = Callable[[int], Awaitable[bool]]
"""Asked with the pid; may take some seconds, but must come to an end."""


async def await_silence(is_alive: IsAlive, pid: int, questions: int) -> None:
    """Return when a part has left so many questions in a row unanswered."""
    unanswered = 0
    while unanswered < questions:
        await asyncio.sleep(EVERY_SECONDS)
        unanswered = 0 if await is_alive(pid) else unanswered + 1


def beats(file: Path) -> IsAlive:
    """Of a part that touches a file while it works: alive if it was touched since the last question."""
    seen: dict[int, int] = {}

    async def is_alive(pid: int) -> bool:
        before, touched = seen.get(pid), _touched(file)
        seen.clear()
        seen[pid] = touched
        return touched not in (before, 0)

    return is_alive


def _touched(file: Path) -> int:
    """When, in nanoseconds; 0 if it is not there."""
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0

"""How long a question may take: a limit for all that is read for it, and few questions at a time.

ClickHouse ends each reading after its own limit; a question may need many of them, one for each month of a range.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from contextvars import ContextVar
from typing import Any, TypeVar

import anyio
import anyio.to_thread

from appliance.errors import UnavailableError
from appliance.stats.reports import Reader, Rows

SECONDS = 30.0
"""For the readings of one question, and for its wait behind others."""
_MAX_AT_ONCE = 4
_begun: ContextVar[float | None] = ContextVar("begun", default=None)
_Answer = TypeVar("_Answer")


class Questions:
    """Runs questions in threads. Slow ones wait for each other and leave threads to everything else."""

    def __init__(self) -> None:
        self._limiter = anyio.CapacityLimiter(_MAX_AT_ONCE)

    async def run(self, work: Callable[..., _Answer], *arguments: Any) -> _Answer:
        """What the work returns; raises UnavailableError if others keep it waiting, and what the work raises."""
        try:
            # Ends the wait for a thread only: what runs in one is not cancelled.
            with anyio.fail_after(SECONDS):
                return await anyio.to_thread.run_sync(_timed, work, arguments, limiter=self._limiter)
        except TimeoutError:
            raise UnavailableError("too many questions are asked at a time; ask fewer at once") from None


def _timed(work: Callable[..., _Answer], arguments: tuple[Any, ...]) -> _Answer:
    _begun.set(time.monotonic())
    return work(*arguments)


class TimedReader:
    """A reader that begins nothing more for a question whose time is over."""

    def __init__(self, reader: Reader, now: Callable[[], float] = time.monotonic) -> None:
        self._reader = reader
        self._now = now

    def query(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Rows:
        """Raises UnavailableError, also when the question has taken too long already."""
        self._check()
        return self._reader.query(sql, parameters)

    def query_columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """As `query`."""
        self._check()
        return self._reader.query_columns(sql, parameters)

    def _check(self) -> None:
        begun = _begun.get()
        if begun is not None and self._now() - begun > SECONDS:
            raise UnavailableError(f"the question takes more than {SECONDS:.0f} seconds; ask for a shorter range")

"""Counts dropped hits per site, day, hour and outcome, and hands the counts to the writer once a second.

A process that is killed loses the counts of its last second, never a queued hit. Accepted hits are counted where
they are counted: by the worker. Counts that nobody takes are kept, up to a bound. When Redis dies before its
answer it is not known whether they were taken: the same counts are then handed over again under the same number.
"""

import asyncio
import contextlib
import logging
from collections import Counter
from datetime import date
from typing import Protocol

from appliance.errors import UnavailableError
from appliance.facts import OutcomeFact
from appliance.outcomes import REFUSALS, Outcome

_log = logging.getLogger(__name__)
_FLUSH_SECONDS = 1.0
_MAX_COUNTERS = 100_000
"""About 20 MB. Reached only when the writer is away for days: site-hours × outcomes seen meanwhile."""
_EPOCH = date(1970, 1, 1)


class OutcomeSink(Protocol):
    """Where counts go; `appliance.state.outbox.OutcomeSink` is one."""

    async def append(self, outcomes: list[OutcomeFact], number: int) -> None:
        """Take counts once for each number. Raises UnavailableError when it is not known whether they were taken."""


class OutcomeCounter:
    """Counts in memory, handed over every second; a hit of a new kind beyond `max_counters` is not counted."""

    def __init__(self, sink: OutcomeSink, max_counters: int = _MAX_COUNTERS) -> None:
        self._sink = sink
        self._max_counters = max_counters
        self._counts: Counter[tuple[str, date, int, Outcome]] = Counter()
        self._uncounted = 0
        self.queued = 0
        """Events of hits that Redis has taken since the start."""
        self.dropped: Counter[Outcome] = Counter()
        """Drops since the start, of all sites."""
        self._number = 0
        """Of the last hand-over; rises by one with each."""
        self._handing: list[OutcomeFact] = []
        """Counts of that hand-over, until they are known to be taken."""
        self._stopping = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def count(self, site: str, day: date, hour: int, outcome: Outcome) -> None:
        """Count one dropped hit. Refusals of visitors are counted by day only."""
        self.dropped[outcome] += 1
        kind = (site, day, 0 if outcome in REFUSALS else hour, outcome)
        if kind in self._counts or len(self._counts) < self._max_counters:
            self._counts[kind] += 1
        else:
            self._uncounted += 1

    async def start(self) -> None:
        """Start flushing; call inside the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Let a flush under way come to its end, flush once more and end."""
        self._stopping.set()
        if self._task is not None:
            await self._task
        await self.flush()

    async def flush(self) -> None:
        """Hand over what was counted; kept for the next time when it is not taken."""
        if self._uncounted:
            _log.warning("outcomes_not_counted", extra={"hits": self._uncounted})
            self._uncounted = 0
        if await self._hand_over() and self._counts:
            counts, self._counts = self._counts, Counter()
            self._number += 1
            self._handing = [
                OutcomeFact(site, (day - _EPOCH).days, hour, outcome.value, hits)
                for (site, day, hour, outcome), hits in counts.items()
            ]
            await self._hand_over()

    async def _hand_over(self) -> bool:
        """Whether nothing is left that was to be handed over."""
        if not self._handing:
            return True
        try:
            await self._sink.append(self._handing, self._number)
        except UnavailableError:
            return False
        except Exception as error:
            _log.error("outcomes_not_taken", extra={"error": type(error).__name__})
            return False
        self._handing = []
        return True

    async def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), _FLUSH_SECONDS)
                return
            await self.flush()

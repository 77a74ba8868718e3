"""Counts dropped hits per site, day, hour and outcome, and hands the counts to the writer once a second.

A process that is killed loses the counts of its last second, never a queued hit. Accepted hits are counted where
they are counted: by the worker.
"""

import asyncio
from collections import Counter
from datetime import date
from typing import Protocol

from appliance.errors import UnavailableError
from appliance.facts import OutcomeFact
from appliance.outcomes import REFUSALS, Outcome

_FLUSH_SECONDS = 1.0
_EPOCH = date(1970, 1, 1)


class OutcomeSink(Protocol):
    """Where counts go; `appliance.state.outbox.OutcomeSink` is one."""

    async def append(self, outcomes: list[OutcomeFact]) -> None:
        """Raises UnavailableError when they were not taken."""


class OutcomeCounter:
    """Counts in memory, bounded by configured sites × outcomes × hours since the last flush."""

    def __init__(self, sink: OutcomeSink) -> None:
        self._sink = sink
        self._counts: Counter[tuple[str, date, int, Outcome]] = Counter()
        self._task: asyncio.Task[None] | None = None

    def count(self, site: str, day: date, hour: int, outcome: Outcome) -> None:
        """Count one dropped hit. Refusals of visitors are counted by day only."""
        self._counts[site, day, 0 if outcome in REFUSALS else hour, outcome] += 1

    async def start(self) -> None:
        """Start flushing; call inside the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Flush once more and end."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        await self.flush()

    async def flush(self) -> None:
        """Hand over what was counted; kept for the next time when it is not taken."""
        if not self._counts:
            return
        counts, self._counts = self._counts, Counter()
        facts = [
            OutcomeFact(site, (day - _EPOCH).days, hour, outcome.value, hits)
            for (site, day, hour, outcome), hits in counts.items()
        ]
        try:
            await self._sink.append(facts)
        except UnavailableError:
            self._counts.update(counts)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(_FLUSH_SECONDS)
            await self.flush()

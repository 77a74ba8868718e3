"""What was read of closed days, kept for the next questions: they change when a day closes or something is deleted.

Then everything is read anew. What is kept are cells that may be shown, below the rights of those who ask. It is bounded
in bytes and in age, and never leaves the memory of the process.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from datetime import date
from typing import Any, NamedTuple

from appliance.clock import Clock
from appliance.stats.counters import Counters
from appliance.warehouse.fold.cells import Numbers

MOST_SECONDS = 3600.0
"""So that nothing outlives its deletion for long, should one ever go unnoticed."""
_OF_A_KEY = 200
"""Bytes of a key beside its texts."""


class ClosedCells(NamedTuple):
    """Cells of closed days."""

    keys: list[tuple[date | None, *tuple[str, ...]]]
    """Day, 1st of the month or None, as the step is, and values; in their order, each once."""
    counters: Numbers
    """One row for each key."""
    sums: dict[date | None, Counters]
    """Over all cells of each step, also those that nobody named."""

    def counters_by_key(self) -> dict[Any, Counters]:
        """A new mapping of the keys to their counters."""
        return dict(zip(self.keys, map(Counters._make, self.counters.tolist()), strict=True))

    @property
    def size(self) -> int:
        """About how many bytes it takes."""
        texts = sum(len(text) for key in self.keys for text in key[1:])
        return self.counters.nbytes + texts + _OF_A_KEY * (1 + len(self.keys))


class KeptReads:
    """Keeps the latest; a list of 1,000 values takes about 350 kB. Safe to share between threads."""

    def __init__(
        self, changes: Callable[[], int], most_bytes: int = 48_000_000, monotonic: Clock = time.monotonic
    ) -> None:
        """`changes`: what is kept counts as long as it stays the same."""
        self._changes = changes
        self._most_bytes = most_bytes
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[ClosedCells, float, int]] = OrderedDict()
        self._as_of = -1
        self.bytes = 0
        """About how much is kept."""

    def read(self, key: Hashable, read: Callable[[], ClosedCells]) -> ClosedCells:
        """What is kept under the key, else what `read` gives, which must not be changed. Raises what `read` does."""
        before = self._changes()
        with self._lock:
            self._forget_old(before)
            if key in self._found:
                self._found.move_to_end(key)
                return self._found[key][0]
        cells = read()
        with self._lock:
            # What changed meanwhile may be in it by halves.
            if self._as_of == before == self._changes():
                self._keep(key, cells)
        return cells

    def __len__(self) -> int:
        return len(self._found)

    def _keep(self, key: Hashable, cells: ClosedCells) -> None:
        size = cells.size
        if size > self._most_bytes // 4:
            return
        self._forget(key)
        self._found[key] = cells, self._monotonic(), size
        self.bytes += size
        while self.bytes > self._most_bytes:
            self._forget(next(iter(self._found)))

    def _forget_old(self, changes: int) -> None:
        if changes != self._as_of:
            self._found.clear()
            self.bytes, self._as_of = 0, changes
        oldest = self._monotonic() - MOST_SECONDS
        for key in [key for key, (_, since, _) in self._found.items() if since < oldest]:
            self._forget(key)

    def _forget(self, key: Hashable) -> None:
        _, _, size = self._found.pop(key, (None, 0.0, 0))
        self.bytes -= size

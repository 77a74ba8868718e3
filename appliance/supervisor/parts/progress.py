"""Notices that a loop inside a process stands still while the process itself still answers."""

import threading
import time
from collections.abc import Callable

PATIENCE_SECONDS = 600.0
"""Longer than any statement: the longest deletes what is old from a year of a large site on a slow disk."""


class Progress:
    """Asked again and again, from any thread."""

    def __init__(self, mark: Callable[[], object], clock: Callable[[], float] = time.monotonic) -> None:
        """`mark` is anything that differs after each step; `clock` counts seconds and cannot be set."""
        self._mark = mark
        self._clock = clock
        self._lock = threading.Lock()
        self._seen = mark()
        self._since = clock()

    def goes_on(self) -> bool:
        """Whether there was progress lately."""
        with self._lock:
            now = self._mark()
            if now != self._seen:
                self._seen, self._since = now, self._clock()
            return self._clock() - self._since < PATIENCE_SECONDS

"""The loop of the warehouse process: facts from the outbox into the counters, then days that wait to be closed.

One thread does both, because a day is closed only while nothing is being written.
"""

import queue
import threading
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import CancelledError, Future
from typing import Any, Protocol, TypeVar

from appliance.errors import ApplianceError, LeaseLostError, UnavailableError
from appliance.supervisor import logs

_EVERY_SECONDS = 0.75
"""A flush has a fixed price, so they are not more frequent; a hit is still counted within two seconds."""
_PAUSE, _LONGEST_PAUSE_SECONDS = 2.0, 3.0
"""A flush that takes long is followed by a pause of twice its time: in the next one more equal cells meet before they
are written. Not longer than this."""
_PAIRS_EVERY_SECONDS = 10.0
"""Pairs are many and wait for each other: a second of a visit each costs three times as much."""
_RETRY_SECONDS = 1.0
_DRAIN_SECONDS = 2.0
_PATIENCE_SECONDS = 120.0
"""The close of a large day is the longest that a round takes."""

T = TypeVar("T")


class Flushes(Protocol):
    """The writer."""

    @property
    def is_behind(self) -> bool:
        """Whether the last flush left something that it had seen: then go on at once."""

    @property
    def rejections(self) -> list[str]:
        """Why entries were set aside; cleared by whoever says so."""

    def flush_once(self) -> int:
        """Number of facts moved."""


class FlushLoop:
    """Runs until told to stop, through any absence of Redis or ClickHouse."""

    def __init__(
        self,
        writer: Flushes,
        pairs: Flushes,
        days_wait: Callable[[], bool],
        close_ready_days: Callable[[], int],
        refresh: Callable[[], None],
        hold: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire the loop.

        Args:
            writer: of singles and totals.
            pairs: of pairs of visit attributes.
            close_ready_days: closes some, and is called again at once if it closed any.
            days_wait: whether some day is to be closed; then pairs do not wait.
            refresh: lets go of keys that were destroyed; it is called at least every second.
            hold: sees that the outboxes are ours; any error but UnavailableError ends the loop.
        """
        self._writer = writer
        self._pairs = pairs
        self._pairs_at = 0.0
        self._days_wait = days_wait
        self._close_ready_days = close_ready_days
        self._refresh = refresh
        self._hold = hold
        self._errands: queue.SimpleQueue[tuple[Callable[[], Any], Future[Any]]] = queue.SimpleQueue()
        self.healthy = False
        """The last round went through."""
        self.steps = 0
        """Grows with each step of a round, whether or not it succeeds."""

    def between_rounds(self, errand: Callable[[], T]) -> T:
        """Have the loop call a function while nothing is being written; from any other thread.

        Raises:
            UnavailableError: no round ended in time, or the loop was told to stop.
            ApplianceError: what the function raises.
        """
        answer: Future[T] = Future()
        self._errands.put((errand, answer))
        try:
            return answer.result(_PATIENCE_SECONDS)
        except (TimeoutError, CancelledError):
            answer.cancel()
            raise UnavailableError("the counters are busy or stopping") from None

    def run(self, stop: threading.Event) -> None:
        """Loop until `stop`, then move what is left."""
        while not stop.is_set():
            self.steps += 1
            try:
                self._refresh()
                self._hold()
                self._run_errands()
                began = time.monotonic()
                self._writer.flush_once()
                took = time.monotonic() - began
                self.steps += 1
                self._flush_pairs()
                self.steps += 1
                closed = 0 if self._writer.is_behind else self._close_ready_days()
                self._say_rejections()
            except (UnavailableError, LeaseLostError) as error:
                self._fail(error)
                stop.wait(_RETRY_SECONDS)
                continue
            self._recover()
            if not self._writer.is_behind and not closed:
                stop.wait(min(max(_EVERY_SECONDS, _PAUSE * took), _LONGEST_PAUSE_SECONDS))
        self._drain()
        while not self._errands.empty():
            self._errands.get()[1].cancel()

    def _run_errands(self) -> None:
        while not self._errands.empty():
            errand, answer = self._errands.get()
            if not answer.set_running_or_notify_cancel():
                continue
            try:
                answer.set_result(errand())
            except Exception as error:  # it is the asker's
                answer.set_exception(error)

    def _flush_pairs(self) -> None:
        """One batch of pairs, if it is their time; what is left goes in the next round."""
        if time.monotonic() - self._pairs_at < _PAIRS_EVERY_SECONDS and not self._days_wait():
            return
        self._pairs.flush_once()
        if not self._pairs.is_behind:
            self._pairs_at = time.monotonic()

    def _say_rejections(self) -> None:
        for one in (self._writer, self._pairs):
            for reason, entries in Counter(one.rejections).items():
                logs.write("facts_set_aside", level="error", reason=reason, entries=entries)
            one.rejections.clear()

    def _fail(self, error: ApplianceError) -> None:
        if self.healthy:
            logs.write("flush_failed", level="error", reason=str(error))
        self.healthy = False

    def _recover(self) -> None:
        if not self.healthy:
            logs.write("flushing")
        self.healthy = True

    def _drain(self) -> None:
        deadline = time.monotonic() + _DRAIN_SECONDS
        try:
            while self._writer.flush_once() and time.monotonic() < deadline:
                pass
        except (UnavailableError, LeaseLostError) as error:
            logs.write("undrained", level="warning", reason=str(error))

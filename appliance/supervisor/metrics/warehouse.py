"""What the warehouse measures of itself: flushes by lane, closes, deletions."""

import time
from collections.abc import Iterator
from typing import Protocol

from appliance.metrics.durations import Durations
from appliance.metrics.samples import Sample, histogram, number
from appliance.privacy.evidence import EvidenceLog
from appliance.supervisor.doctor.history import History, read_history


class Flushes(Protocol):
    """The writer of one lane."""

    @property
    def is_behind(self) -> bool:
        """Whether the last flush left something that it had seen."""

    @property
    def rejections(self) -> list[str]:
        """Why entries were set aside."""

    def flush_once(self) -> int:
        """Number of facts moved."""


class Lane:
    """A writer, with its flushes measured."""

    def __init__(self, name: str, writer: Flushes) -> None:
        self._name = name
        self._writer = writer
        self._durations = Durations()
        self._facts = self._failures = self._set_aside = 0

    @property
    def is_behind(self) -> bool:
        """See `Writer.is_behind`."""
        return self._writer.is_behind

    @property
    def rejections(self) -> list[str]:
        """See `Writer.rejections`."""
        return self._writer.rejections

    def flush_once(self) -> int:
        """See `Writer.flush_once`; one that moves nothing is not measured."""
        started, rejected = time.perf_counter(), len(self.rejections)
        try:
            facts = self._writer.flush_once()
        except Exception:
            self._failures += 1
            raise
        if facts:
            self._facts += facts
            self._durations.add(time.perf_counter() - started)
        self._set_aside += len(self.rejections) - rejected
        return facts

    def samples(self) -> Iterator[Sample]:
        """The present state."""
        yield number("appliance_warehouse_facts_total", self._facts, self._name)
        yield histogram("appliance_warehouse_flush_seconds", self._durations.buckets(), self._name)
        yield number("appliance_warehouse_flush_failures_total", self._failures, self._name)
        yield number("appliance_warehouse_set_aside_total", self._set_aside, self._name)


class Closes(Protocol):
    """`appliance.supervisor.parts.day_closes.DayCloses`."""

    durations: Durations
    failures: int
    last_at: float


class Deletions(Protocol):
    """`appliance.privacy.retention.Retention`."""

    last_at: float
    rows_deleted: int
    failures: int


class DaySamples:
    """Closes and deletions; what was before the start is read from the evidence log, once."""

    def __init__(self, closes: Closes, retention: Deletions, evidence: EvidenceLog) -> None:
        self._closes = closes
        self._retention = retention
        self._evidence = evidence
        self._before: History | None = None

    def samples(self) -> Iterator[Sample]:
        """The present state; raises StartError if the evidence log cannot be read."""
        if self._before is None:
            self._before = read_history(self._evidence.lines(), 0.0)
        closes, retention = self._closes, self._retention
        closed_at = closes.last_at or self._before.last_close_at or 0.0
        deleted_at = retention.last_at or self._before.last_deletion or 0.0
        yield histogram("appliance_day_close_seconds", closes.durations.buckets())
        yield number("appliance_day_close_failures_total", closes.failures)
        yield number("appliance_day_close_last_seconds", closed_at)
        yield number("appliance_retention_last_seconds", deleted_at)
        yield number("appliance_retention_rows_total", retention.rows_deleted)
        yield number("appliance_retention_failures_total", retention.failures)

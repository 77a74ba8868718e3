"""Room on the disk of the data directory and how long it lasts, as samples."""

import os
import time
from collections.abc import Iterator

from appliance.errors import ApplianceError
from appliance.metrics.samples import Sample, number
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.supervisor.doctor.disk import Disk, days_until_full, measure
from appliance.supervisor.doctor.history import read_history
from appliance.supervisor.parts.process import evidence_path

_LOOK_SECONDS = 3600.0


class DiskSamples:
    """Of one data directory. What takes long is looked at once an hour: many files, and the whole evidence log."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._looked_at = float("-inf")
        self._disk: Disk | None = None
        self._days_left: float | None = None

    def samples(self) -> Iterator[Sample]:
        """The present state."""
        found = os.statvfs(self._settings.data_dir)
        yield number("appliance_disk_free_bytes", found.f_bavail * found.f_frsize)
        yield number("appliance_disk_size_bytes", found.f_blocks * found.f_frsize)
        if time.monotonic() - self._looked_at > _LOOK_SECONDS:
            self._look()
        if self._disk is not None:
            yield number("appliance_disk_counters_bytes", self._disk.counters)
        if self._days_left is not None:
            yield number("appliance_disk_days_until_full", self._days_left)

    def _look(self) -> None:
        self._looked_at = time.monotonic()
        try:
            self._disk = measure(self._settings.data_dir)
            days = read_history(EvidenceLog(evidence_path(self._settings)).lines(), 0.0).counted_days
        except (OSError, ApplianceError):
            return  # the doctor says why; the next look comes in an hour
        self._days_left = days_until_full(self._disk, len(days))

"""Days that were counted from a log, as the evidence log knows them: answers about such a day have to say so.

Entries live at least as long as the counters of their days, so no day loses its mark before it is deleted itself.
"""

import contextlib
import threading
from datetime import date
from pathlib import Path

from appliance.privacy.evidence_tail import EvidenceTail


class ImportedDays:
    """Asked from any thread. Only names of sites and days are kept in memory."""

    def __init__(self, evidence: Path) -> None:
        self._tail = EvidenceTail(evidence, ("import_begun", "import_taken_back", "site_erased"))
        self._days: dict[str, set[date]] = {}
        self._lock = threading.Lock()

    def of(self, site: str, first: date, last: date) -> list[date]:
        """Days of a range that an import has counted or is counting, in their order.

        No day if the evidence log cannot be read: that is said of these days already, see `DamagedDays`.
        """
        with self._lock:
            try:
                begins_anew, entries = self._tail.read()
            except OSError:
                return []
            if begins_anew:
                self._days = {}
            for entry in entries:
                self._take(entry)
            return sorted(day for day in self._days.get(site, ()) if first <= day <= last)

    def _take(self, entry: dict[str, object]) -> None:
        days = self._days.setdefault(str(entry.get("site")), set())
        kind = entry.get("kind")
        if kind == "site_erased":
            days.clear()
            return
        with contextlib.suppress(ValueError):  # a line that somebody has changed: the chain tells
            day = date.fromisoformat(str(entry.get("day")))
            if kind == "import_begun":
                days.add(day)
            else:
                days.discard(day)

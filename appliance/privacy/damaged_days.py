"""Days whose numbers a loss has damaged, as the evidence log knows them: what answers about such a day have to say."""

import threading
from datetime import date
from pathlib import Path

from appliance.clock import local_day_hour
from appliance.privacy.chain import moment_of
from appliance.privacy.evidence_tail import EvidenceTail

_SENTENCES = {
    "redis_emptied": "Redis lost its data on {day}: numbers of that day are too low, visitors may count twice",
    "key_lost": "the key of visitors was lost on {day}: visitors and visits of that day may count twice",
}
_UNKNOWN = "the evidence log cannot be read: whether anything of these days was lost is not known"


class DamagedDays:
    """Asked from any thread. Only moments are kept in memory."""

    def __init__(self, evidence: Path) -> None:
        self._tail = EvidenceTail(evidence, _SENTENCES)
        self._found: list[tuple[float, str]] = []
        self._lock = threading.Lock()

    def of(self, first: date, last: date, timezone: str) -> list[tuple[date | None, str]]:
        """Damaged days of a range, of a site in that zone, each with what is to be said; one for each day and kind.

        The day is None where it is not known whether anything was lost.
        """
        with self._lock:
            try:
                begins_anew, entries = self._tail.read()
            except OSError:
                return [(None, _UNKNOWN)]
            if begins_anew:
                self._found = []
            for entry in entries:
                if (at := moment_of(entry)) is not None:
                    self._found.append((at, str(entry.get("kind"))))
            found = list(self._found)
        days = ((local_day_hour(at, timezone)[0], kind) for at, kind in found)
        said = [(day, _SENTENCES[kind].format(day=day.isoformat())) for day, kind in days if first <= day <= last]
        return list(dict.fromkeys(said))

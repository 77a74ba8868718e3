"""What the evidence log tells, read anew only after the log has changed: it grows for years and is looked at often."""

import threading
from collections.abc import Collection

from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.proceedings import Proceedings, read_proceedings

_MOST_KEPT = 16


class KeptProceedings:
    """Asked from any thread. The check of the chain does not ask here: it reads every line each time."""

    def __init__(self, evidence: EvidenceLog, most: int) -> None:
        """`most` entries of each kind are told."""
        self._evidence = evidence
        self._most = most
        self._stamp: tuple[int, int, int] | None = None
        self._kept: dict[frozenset[str] | None, Proceedings] = {}
        self._lock = threading.Lock()

    def of(self, sites: Collection[str] | None) -> Proceedings:
        """Those that concern some sites, or all."""
        with self._lock:
            stamp = self._evidence.stamp()  # before the lines: what comes between is read again next time
            if stamp != self._stamp or len(self._kept) >= _MOST_KEPT:
                self._stamp, self._kept = stamp, {}
            key = None if sites is None else frozenset(sites)
            if key not in self._kept:
                self._kept[key] = read_proceedings(self._evidence.lines(), sites, self._most)
            return self._kept[key]

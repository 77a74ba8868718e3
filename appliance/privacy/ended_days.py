"""Site-days that are over for good, as the evidence log knows them. The key page forgets with the host; this does not.

Only names of sites and days are kept in memory. What was appended since the last question is read at the next.
"""

from pathlib import Path

from appliance.privacy.evidence_tail import EvidenceTail


class EndedDays:
    """Days whose key was destroyed or whose counters are closed, unless their site was erased since."""

    def __init__(self, evidence: Path) -> None:
        self._tail = EvidenceTail(evidence, ("key_destroyed", "day_closed", "site_erased"))
        self._days: dict[str, set[str]] = {}

    def has(self, site: str, day: str) -> bool:
        """Whether that day, ISO 8601, is over for good. False as long as there is no evidence log.

        Raises:
            OSError: the log cannot be read.
        """
        begins_anew, entries = self._tail.read()
        if begins_anew:
            self._days = {}
        for entry in entries:
            self._take(entry)
        return day in self._days.get(site, ())

    def _take(self, entry: dict[str, object]) -> None:
        site = str(entry.get("site"))
        if entry.get("kind") == "site_erased":
            self._days.pop(site, None)
        else:
            self._days.setdefault(site, set()).add(str(entry.get("day")))

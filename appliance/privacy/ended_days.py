"""Site-days that are over for good, as the evidence log knows them. The key page forgets with the host; this does not.

Only names of sites and days are kept in memory. What was appended since the last question is read at the next.
"""

import os
from pathlib import Path

from appliance.privacy.chain import read_entry

_MARKS = (b'"kind":"key_destroyed"', b'"kind":"day_closed"', b'"kind":"site_erased"')
"""Looked for in each line before it is read: all other lines need not be."""


class EndedDays:
    """Days whose key was destroyed or whose counters are closed, unless their site was erased since."""

    def __init__(self, evidence: Path) -> None:
        self._path = evidence
        self._days: dict[str, set[str]] = {}
        self._file = 0
        self._read_bytes = 0

    def has(self, site: str, day: str) -> bool:
        """Whether that day, ISO 8601, is over for good. False as long as there is no evidence log.

        Raises:
            OSError: the log cannot be read.
        """
        self._read_on()
        return day in self._days.get(site, ())

    def _read_on(self) -> None:
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return
        with file:
            found = os.fstat(file.fileno())
            if found.st_ino != self._file or found.st_size < self._read_bytes:  # it was shortened
                self._file, self._read_bytes, self._days = found.st_ino, 0, {}
            if found.st_size == self._read_bytes:
                return
            file.seek(self._read_bytes)
            whole, _, _ = file.read().rpartition(b"\n")
        self._read_bytes += len(whole) + 1 if whole else 0
        for line in whole.split(b"\n"):
            if any(mark in line for mark in _MARKS):
                self._take(read_entry(line))

    def _take(self, entry: dict[str, object]) -> None:
        site = str(entry.get("site"))
        if entry.get("kind") == "site_erased":
            self._days.pop(site, None)
        else:
            self._days.setdefault(site, set()).add(str(entry.get("day")))

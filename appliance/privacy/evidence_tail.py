"""What was appended to the evidence log since the last look, as far as it is of some kinds."""

import os
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

from appliance.privacy.chain import read_entry


class Tail(NamedTuple):
    """New entries."""

    begins_anew: bool
    """The file is another one, or shorter than it was: what was read before counts no more."""
    entries: list[dict[str, object]]


class EvidenceTail:
    """Reads each entry once. Used from one thread at a time."""

    def __init__(self, evidence: Path, kinds: Collection[str]) -> None:
        self._path = evidence
        # Looked for in each line before it is read: most lines need not be.
        self._marks = [f'"kind":"{kind}"'.encode() for kind in kinds]
        self._file = 0
        self._read_bytes = 0

    def read(self) -> Tail:
        """Entries of the kinds since the last call; none as long as there is no evidence log.

        Raises:
            OSError: the log cannot be read.
        """
        try:
            file = self._path.open("rb")
        except FileNotFoundError:
            return Tail(False, [])
        with file:
            found = os.fstat(file.fileno())
            begins_anew = found.st_ino != self._file or found.st_size < self._read_bytes
            if begins_anew:
                self._file, self._read_bytes = found.st_ino, 0
            if found.st_size == self._read_bytes:
                return Tail(begins_anew, [])
            file.seek(self._read_bytes)
            whole, _, _ = file.read().rpartition(b"\n")
        self._read_bytes += len(whole) + 1 if whole else 0
        lines = [line for line in whole.split(b"\n") if any(mark in line for mark in self._marks)]
        return Tail(begins_anew, [read_entry(line) for line in lines])

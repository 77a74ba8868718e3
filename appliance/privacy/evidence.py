"""The evidence log: one JSON line per step of a close, each with the hash of the line before it.

Changing, removing or inserting a line breaks the chain from there on. The file is opened, locked and flushed to
disk for every entry: worker and warehouse both write to it. It holds no visitor data and no key.
"""

import fcntl
import hashlib
import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from appliance.errors import ApplianceError

_FIRST = "0" * 64
_TAIL_BYTES = 64 * 1024


class Verdict(NamedTuple):
    """Result of checking the chain."""

    entries: int
    broken_at: int | None
    """Number of the first line that does not fit, counted from 1; None if the chain holds."""
    head: str
    """Hash of the last line that fits."""


class EvidenceLog:
    """Append-only, hash-chained file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, kind: str, at: float, **facts: str | int | float | list[int]) -> None:
        """Add one entry, durable when this returns.

        Args:
            kind: what happened, for example `key_destroyed`.
            at: when, in seconds since 1970 by the appliance's clock.
            facts: names and values; never anything about one visitor.

        Raises:
            ApplianceError: the file cannot be written; the step must not be reported as proved.
        """
        try:
            self._append({"at": datetime.fromtimestamp(at, UTC).isoformat(), "kind": kind, **facts})
        except OSError as error:
            raise ApplianceError(f"the evidence log {self._path} cannot be written ({error.strerror})") from None

    def _append(self, entry: dict[str, object]) -> None:
        file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
            entry["previous"] = self._last_hash(file)
            line = json.dumps(entry, ensure_ascii=True, separators=(",", ":"))
            os.write(file, f"{line}\n".encode())
            os.fsync(file)
        finally:
            os.close(file)

    def _last_hash(self, file: int) -> str:
        size = os.fstat(file).st_size
        tail = os.pread(file, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        if tail and not tail.endswith(b"\n"):
            os.write(file, b"\n")  # a crash cut the last line: it stays visible as a broken one
            tail += b"\n"
        lines = tail.splitlines()
        return _hash(lines[-1]) if lines else _FIRST

    def verify(self) -> Verdict:
        """Walk the whole chain."""
        expected, entries = _FIRST, 0
        if not self._path.exists():
            return Verdict(0, None, expected)
        for number, line in enumerate(self._path.read_bytes().splitlines(), start=1):
            try:
                previous = json.loads(line)["previous"]
            except (ValueError, KeyError, TypeError):
                previous = None
            if previous != expected:
                return Verdict(entries, number, expected)
            expected, entries = _hash(line), number
        return Verdict(entries, None, expected)


def _hash(line: bytes) -> str:
    return hashlib.sha256(line).hexdigest()

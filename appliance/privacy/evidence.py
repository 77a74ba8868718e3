"""The evidence log: one JSON line per step of a close or deletion, each with the hash of the line before it.

Changing, removing or inserting a line breaks the chain from there on. Lines past their own limit are replaced by one
`evidence_checkpoint` in front, which the chain vouches for: its hash stands in the entry `evidence_shortened`. The file
is opened, locked and flushed to disk for every entry: several processes write to it. No visitor data, no key.
"""

import fcntl
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from appliance.directory_sync import sync_directory
from appliance.errors import ApplianceError
from appliance.privacy.chain import (
    CHECKPOINT,
    FIRST,
    SHORTENED,
    Verdict,
    hash_of,
    integer,
    line_of,
    moment_of,
    n_removable,
    read_entry,
    walk,
    was_unbroken,
)

_TAIL_BYTES = 64 * 1024

Fact = str | int | float | list[int] | Mapping[str, str | int] | Mapping[str, Mapping[str, str | int]]
"""What an entry may say; never anything about one visitor."""


class EvidenceLog:
    """Append-only, hash-chained file of JSON lines."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def append(self, kind: str, at: float, **facts: Fact) -> None:
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
        with self._locked() as file:
            entry["previous"] = self._last_hash(file)
            os.write(file, line_of(entry))
            os.fsync(file)

    @contextmanager
    def _locked(self) -> Iterator[int]:
        """The file, locked. One that was replaced while we waited for the lock is not written to."""
        while True:
            file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(file, fcntl.LOCK_EX)
                if os.path.samestat(os.fstat(file), self._path.stat()):
                    yield file
                    return
            finally:
                os.close(file)

    def _last_hash(self, file: int) -> str:
        size = os.fstat(file).st_size
        tail = os.pread(file, _TAIL_BYTES, max(0, size - _TAIL_BYTES))
        if tail and not tail.endswith(b"\n"):
            os.write(file, b"\n")  # a crash cut the last line: it stays visible as a broken one
            tail += b"\n"
        lines = tail.splitlines()
        return hash_of(lines[-1]) if lines else FIRST

    def verify(self) -> Verdict:
        """Walk the whole chain."""
        return walk(self.lines())

    def lines(self) -> list[bytes]:
        """Every line, the oldest first; none if nothing was written yet."""
        return self._path.read_bytes().splitlines() if self._path.exists() else []

    def stamp(self) -> tuple[int, int, int] | None:
        """Changes whenever the file does; None if nothing was written yet."""
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_size, found.st_mtime_ns

    def last_moment(self) -> float | None:
        """When the last readable entry was made, in seconds since 1970; None if there is none."""
        if not self._path.is_file():
            return None
        with self._path.open("rb") as file:
            file.seek(max(0, self._path.stat().st_size - _TAIL_BYTES))
            moments = [moment_of(read_entry(line)) for line in file.read().splitlines()]
        return next((moment for moment in reversed(moments) if moment is not None), None)

    def count_before(self, moment: float) -> int:
        """Number of lines that `shorten` would remove."""
        return n_removable(self.lines(), moment)

    def shorten(self, moment: float, at: float) -> int:
        """Replace the lines before a moment by a checkpoint; the chain of the others stays as it is.

        Returns:
            Number of lines removed.

        Raises:
            ApplianceError: the file cannot be written; it is as it was.
        """
        if not self.count_before(moment):
            return 0
        try:
            with self._locked() as file:
                return self._replace(file, moment, at)
        except OSError as error:
            raise ApplianceError(f"the evidence log {self._path} cannot be shortened ({error.strerror})") from None

    def _replace(self, file: int, moment: float, at: float) -> int:
        self._last_hash(file)  # ends a last line that a crash has cut
        lines = self._path.read_bytes().splitlines()
        n_removed = n_removable(lines, moment)
        removed, kept = lines[:n_removed], lines[n_removed:]
        earlier = read_entry(removed[0])
        facts: dict[str, object] = {
            "at": datetime.fromtimestamp(at, UTC).isoformat(),
            "lines": n_removed + (integer(earlier, "lines") - 1 if earlier.get("kind") == CHECKPOINT else 0),
            "unbroken": int((walk(lines).broken_at or n_removed + 1) > n_removed and was_unbroken(earlier)),
            "until": datetime.fromtimestamp(moment, UTC).isoformat(),
        }
        checkpoint = line_of({"kind": CHECKPOINT, **facts, "resumes": hash_of(removed[-1]), "previous": FIRST})
        proof = {"kind": SHORTENED, **facts, "checkpoint": hash_of(checkpoint.rstrip(b"\n"))}
        last = hash_of(kept[-1]) if kept else hash_of(removed[-1])
        fresh = self._path.with_suffix(".fresh")
        with os.fdopen(_make_private(fresh), "wb") as new:
            new.writelines([checkpoint, *(line + b"\n" for line in kept), line_of({**proof, "previous": last})])
            new.flush()
            os.fsync(new.fileno())
        fresh.replace(self._path)
        sync_directory(self._path.parent)
        return n_removed


def _make_private(path: Path) -> int:
    path.unlink(missing_ok=True)  # of an attempt that died
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)

"""Takes a backup in the process that owns ClickHouse, as a tar archive piece by piece; nothing is left on its disk.

What to read is decided between two rounds of the writer. Closed days do not change any more, so they are read while it
goes on; only deletions wait. The evidence log comes behind the counters, the manifest last.
"""

import gzip
import tarfile
import tempfile
import threading
import time
from collections.abc import Callable, Generator, Iterator
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import IO

import appliance
from appliance.clock import Clock
from appliance.errors import ApplianceError, UnavailableError
from appliance.privacy.chain import walk
from appliance.privacy.evidence import EvidenceLog
from appliance.supervisor import logs
from appliance.supervisor.backup import manifest
from appliance.supervisor.backup.manifest import EVIDENCE, Day, Evidence, File, Manifest, Migration
from appliance.warehouse.client import WriteClient
from appliance.warehouse.export import Piece, Plan, plan_export, read_piece
from appliance.warehouse.migrations import recorded

_BLOCK = 512
_READ_BYTES = 1024 * 1024
_MEMORY_BYTES = 8 * 1024 * 1024
_MAX_SECONDS = 4 * 3600.0
"""Nothing old is deleted while a backup is taken, so none may take for ever."""

Between = Callable[[Callable[[], Plan]], Plan]


class Backups:
    """One backup at a time."""

    def __init__(
        self, counters: WriteClient, evidence: EvidenceLog, clock: Clock, directory: Path, between: Between
    ) -> None:
        """Wire it.

        Args:
            directory: for files without a name, while a month is larger than some megabytes.
            between: calls a function while nothing is being written.
        """
        self._counters = counters
        self._evidence = evidence
        self._clock = clock
        self._directory = directory
        self._between = between
        self._one = threading.Lock()

    @property
    def is_running(self) -> bool:
        """A backup is being taken: nothing may be deleted."""
        return self._one.locked()

    def take(self) -> Generator[bytes, None, None]:
        """The archive; nothing between two pieces that are being read, where it may be closed.

        Raises:
            ApplianceError: another backup runs, an engine is away, or the evidence cannot be written.
        """
        if not self._one.acquire(blocking=False):
            raise UnavailableError("another backup is being taken")
        try:
            yield from self._archive()
        except ApplianceError as error:
            logs.write("backup_failed", level="error", reason=str(error))
            raise
        finally:
            self._one.release()

    def _archive(self) -> Iterator[bytes]:
        ends = time.monotonic() + _MAX_SECONDS
        plan = self._between(lambda: plan_export(self._counters))
        taken_at = self._clock()
        n_open = len(plan.left_out)
        self._evidence.append("backup_begun", taken_at, closed_days=len(plan.closed), days_left_out=n_open)
        files: dict[str, File] = {}
        for (kind, month), pieces in groupby(plan.pieces, key=attrgetter("kind", "month")):
            if time.monotonic() > ends:
                raise UnavailableError("the backup took too long")
            with tempfile.SpooledTemporaryFile(_MEMORY_BYTES, dir=str(self._directory)) as file:
                for piece in pieces:
                    file.write(self._packed(piece))
                    yield b""
                name = manifest.counters_name(kind, month)
                files[name] = yield from _member(name, file, taken_at)
        evidence = b"".join(line + b"\n" for line in self._evidence.lines())
        files[EVIDENCE] = yield from _small_member(EVIDENCE, evidence, taken_at)
        content = manifest.encode(self._manifest(plan, taken_at, files, evidence))
        yield from _small_member(manifest.NAME, content, taken_at)
        yield bytes(2 * _BLOCK)
        size = sum(file.bytes for file in files.values())
        made = manifest.sha256(content)
        self._evidence.append("backup_taken", self._clock(), manifest_sha256=made, files=len(files), bytes=size)
        logs.write("backup_taken", closed_days=len(plan.closed), bytes=size)

    def _packed(self, piece: Piece) -> bytes:
        # Members of gzip may follow each other; the moment is left out so that equal rows give equal bytes.
        return gzip.compress(read_piece(self._counters, piece), 6, mtime=0)

    def _manifest(self, plan: Plan, taken_at: float, files: dict[str, File], evidence: bytes) -> Manifest:
        verdict = walk(evidence.splitlines())
        return Manifest(
            appliance=appliance.__version__,
            taken_at=datetime.fromtimestamp(taken_at, UTC).isoformat(timespec="seconds"),
            schema=[Migration(name, checksum) for name, checksum in recorded(self._counters)],
            evidence=Evidence(verdict.entries, verdict.head, verdict.broken_at),
            files=files,
            closed_days=len(plan.closed),
            sites=sorted({site for piece in plan.pieces for site, _ in piece.days}),
            not_closed=[Day(site, day) for site, day in plan.left_out],
        )


def _small_member(name: str, content: bytes, at: float) -> Generator[bytes, None, File]:
    with tempfile.SpooledTemporaryFile() as file:
        file.write(content)
        return (yield from _member(name, file, at))


def _member(name: str, file: IO[bytes], at: float) -> Generator[bytes, None, File]:
    """A file as tar writes it; returns what the manifest says of it."""
    size = file.seek(0, 2)
    file.seek(0)
    header = tarfile.TarInfo(name)
    header.size, header.mtime, header.mode = size, int(at), 0o600
    yield header.tobuf(tarfile.USTAR_FORMAT)
    seen = manifest.new_hash()
    while chunk := file.read(_READ_BYTES):
        seen.update(chunk)
        yield chunk
    if rest := -size % _BLOCK:
        yield bytes(rest)
    return File(seen.hexdigest(), size)

"""`appliance backup`: counters of closed days and the evidence log, from a running appliance or a stopped one.

The running warehouse reads, this process writes and then checks what it wrote: what cannot be restored is no backup.
"""

import asyncio
import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import httpx

from appliance.clock import make_clock
from appliance.errors import StartError, UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.stats.backup_api import BACKUP_PATH
from appliance.supervisor import health, secrets
from appliance.supervisor.backup import archive, manifest
from appliance.supervisor.backup.archive import Archive
from appliance.supervisor.backup.manifest import Manifest
from appliance.supervisor.backup.take import Backups
from appliance.supervisor.checks import FileLock, lock_data_dir
from appliance.supervisor.parts.process import begin, evidence_path
from appliance.warehouse.client import open_writer
from appliance.warehouse.migrations import is_behind, migrate
from appliance.warehouse.temporary import use_memory_for_temporary_files

_STEP_SECONDS = 600.0
"""A month of a large site is read before its first byte is sent."""
_SHOWN_DAYS = 20
_SILENT = "the appliance is running and its warehouse does not answer; 'appliance doctor' says more"


def backup(settings: Settings, target: Path) -> str:
    """Take a backup; returns what to tell the operator.

    Args:
        target: one file if its name ends in `.tar`, else a directory; it must not exist, or be an empty directory.

    Raises:
        ApplianceError: nothing of that name was written.
    """
    os.umask(0o077)
    write = archive.write_file if target.suffix == ".tar" else archive.write_directory
    with archive.fresh(target) as partial:
        running = asyncio.run(health.answers(settings.server.stats_listen, "/health/live"))
        with _from_the_warehouse(settings) if running else _alone(settings) as chunks:
            write(partial, chunks)
        with Archive(partial) as written:
            found = written.verify()
            content = written.read(manifest.NAME)
    return _told(target, found, content)


@contextlib.contextmanager
def _from_the_warehouse(settings: Settings) -> Iterator[Iterator[bytes]]:
    key = secrets.read_or_make(settings.data_dir, secrets.BACKUP_KEY)
    try:
        with (
            httpx.Client(
                base_url=health.url(settings.server.stats_listen), timeout=_STEP_SECONDS, trust_env=False
            ) as client,
            client.stream("POST", BACKUP_PATH, headers={"authorization": f"Bearer {key}"}) as answer,
        ):
            if not answer.is_success:
                answer.read()
                raise UnavailableError(f"the running appliance gave no backup ({answer.text})")
            yield answer.iter_bytes()
    except httpx.HTTPError as error:
        reason = f"the running appliance broke the backup off ({type(error).__name__}); its log says why"
        raise UnavailableError(reason) from None


@contextlib.contextmanager
def _alone(settings: Settings) -> Iterator[Iterator[bytes]]:
    begin("backup", settings, holds_keys=False)
    with contextlib.ExitStack() as held:
        held.callback(lock_data_dir(settings.data_dir, _SILENT).close)
        lock = FileLock(settings.data_dir / "warehouse.lock", _SILENT)
        held.callback(lock.close)
        use_memory_for_temporary_files(settings)
        counters = open_writer(settings)
        held.callback(counters.close)
        if is_behind(counters):
            raise StartError("the counters are of an earlier version: start the appliance once, then take the backup")
        migrate(counters)
        evidence = EvidenceLog(evidence_path(settings))
        clock = make_clock(settings.test_clock_file)
        backups = Backups(counters, evidence, clock, settings.data_dir, lambda look: look())
        yield held.enter_context(contextlib.closing(backups.take()))


def _told(target: Path, found: Manifest, content: bytes) -> str:
    size = sum(file.bytes for file in found.files.values())
    lines = [
        f"backup of {found.closed_days} closed days and {found.evidence.entries} lines of evidence: {target}",
        f"{size / 1_000_000:.1f} MB, manifest sha256 {manifest.sha256(content)}",
    ]
    if found.evidence.broken_at is not None:
        lines.append(f"the chain of the evidence log is broken at line {found.evidence.broken_at}")
    if found.not_closed:
        lines.append("not closed yet, and so not in it:")
        lines += [f"  {one.day}  {one.site}" for one in found.not_closed[:_SHOWN_DAYS]]
        if more := len(found.not_closed) - _SHOWN_DAYS:
            lines += [f"  and {more} more, see {manifest.NAME}"] if more > 0 else []
    return "\n".join(lines) + "\n"


def check(source: Path) -> str:
    """Check a backup and say what is in it; raises StartError."""
    with Archive(source) as found:
        return _told(source, found.verify(), found.read(manifest.NAME))

"""`appliance restore`: a backup into an empty data directory, beside an empty Redis.

Beside an older state of Redis, batches whose record is not in a backup would be counted twice, and days that are closed
here would be open there. A note in the data directory says that a restore is under way; with it nothing starts.
"""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from appliance.clock import make_clock
from appliance.errors import StartError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.state import store_mark
from appliance.state.connection import connect, translated
from appliance.supervisor import checks, redis_server, secrets
from appliance.supervisor.backup import manifest
from appliance.supervisor.backup.archive import Archive, write_file
from appliance.supervisor.backup.manifest import EVIDENCE, Manifest
from appliance.supervisor.parts.process import begin, evidence_path
from appliance.warehouse.client import WriteClient, engine_directory, open_writer
from appliance.warehouse.export import tables_with_rows, write_piece
from appliance.warehouse.migrations import migrate, pending, shipped
from appliance.warehouse.temporary import use_memory_for_temporary_files

_ELSE = "a backup is restored beside an empty Redis and into empty counters only"


def restore(settings: Settings, source: Path) -> str:
    """Bring a backup back; returns what to tell the operator.

    Raises:
        ApplianceError: nothing was changed, or the data directory says that its restore is not finished.
    """
    with contextlib.ExitStack() as held, _said(settings):
        archive = held.enter_context(Archive(source))
        found = archive.verify()
        _require_known_schema(found)
        checks.make_data_dir(settings.data_dir)
        held.callback(checks.lock_data_dir(settings.data_dir).close)
        _require_empty(settings)
        begin("restore", settings, holds_keys=False)
        checks.drop_orphaned_keys(settings)
        (settings.data_dir / store_mark.FILE).unlink(missing_ok=True)  # of a Redis that was moved away
        note = settings.data_dir / checks.RESTORE_NOTE
        secrets.write(note, "Counters are being restored, or their restore broke off.\n")
        use_memory_for_temporary_files(settings)
        counters = open_writer(settings)
        held.callback(counters.close)
        if full := tables_with_rows(counters):
            note.unlink()
            raise StartError(f"ClickHouse holds counters already ({', '.join(full)}); {_ELSE}")
        _load(counters, archive, found)
        _restore_evidence(settings, archive, found)
        note.unlink()
    return _told(settings, found)


@contextlib.contextmanager
def _said(settings: Settings) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise StartError(f"{settings.data_dir} cannot be written to ({error.strerror})") from None


def _require_known_schema(found: Manifest) -> None:
    try:
        pending(shipped(), [(step.name, step.sha256) for step in found.schema])
    except StartError as error:
        raise StartError(f"the backup was made by appliance {found.appliance}: {error}") from None


def _require_empty(settings: Settings) -> None:
    """Nothing of an appliance may be there; secrets that it made for itself may."""
    places = [settings.data_dir / "redis", evidence_path(settings), settings.data_dir / checks.RESTORE_NOTE]
    if not settings.clickhouse.url.startswith(("http://", "https://")):
        places.append(engine_directory(settings))
    if full := [str(place) for place in places if _holds_something(place)]:
        raise StartError(f"{', '.join(full)}: there is something already; {_ELSE}. Move it away first")
    if not redis_server.is_embedded(settings):
        client = connect(redis_server.connection_url(settings))
        with contextlib.closing(client), translated():
            if n_keys := client.dbsize():
                raise StartError(f"redis.url: there are {n_keys} keys already; {_ELSE}")


def _holds_something(place: Path) -> bool:
    return any(place.iterdir()) if place.is_dir() else place.exists()


def _load(counters: WriteClient, archive: Archive, found: Manifest) -> None:
    """Fill the schema that the backup was made with; what came later changes the rows as it would have there."""
    if found.schema:
        migrate(counters, through=found.schema[-1].name)
    for name in found.files:
        if kind := manifest.kind_of(name):
            for blocks in archive.blocks(name):
                write_piece(counters, kind, blocks)
    migrate(counters)


def _restore_evidence(settings: Settings, archive: Archive, found: Manifest) -> None:
    path = evidence_path(settings)
    write_file(path, [archive.read(EVIDENCE)])
    EvidenceLog(path).append(
        "restored",
        make_clock(settings.test_clock_file)(),
        manifest_sha256=manifest.sha256(archive.read(manifest.NAME)),
        taken_at=found.taken_at,
        appliance=found.appliance,
        closed_days=found.closed_days,
        chain_head=found.evidence.head,
    )


def _told(settings: Settings, found: Manifest) -> str:
    lines = [
        f"restored {found.closed_days} closed days as of {found.taken_at} (schema {found.schema_number})",
        "deleted at the next start: what is older than [retention] allows",
    ]
    if unknown := [site for site in found.sites if settings.site(site) is None]:
        lines.append("not configured, or erased after the backup was taken; 'appliance site remove' erases them:")
        lines += [f"  {site}" for site in unknown]
    return "\n".join(lines) + "\n"

"""Bring the schema up to date from numbered SQL files, and refuse one that does not match them.

Each file is one statement that may be run twice; its number, name and checksum are recorded after it ran. A recorded
file that has changed or is missing stops the start: the data was made by other code than this.
"""

import hashlib
import re
from collections.abc import Sequence
from importlib.resources import files
from typing import NamedTuple

from appliance.errors import StartError
from appliance.warehouse.client import WriteClient

_FILE_NAME = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")
_LEDGER = "CREATE TABLE IF NOT EXISTS schema_migrations (name String, checksum String) ENGINE = MergeTree ORDER BY name"
_LEDGER_TYPES = {"name": "String", "checksum": "String"}


class Migration(NamedTuple):
    """One numbered file."""

    name: str
    sql: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the text, in hex."""
        return hashlib.sha256(self.sql.encode()).hexdigest()


def shipped() -> list[Migration]:
    """The files of this version, in order."""
    directory = files("appliance.warehouse").joinpath("sql", "migrations")
    found = sorted(file.name for file in directory.iterdir() if _FILE_NAME.fullmatch(file.name))
    return [Migration(name, directory.joinpath(name).read_text(encoding="utf-8")) for name in found]


def pending(migrations: Sequence[Migration], applied: Sequence[tuple[str, str]]) -> list[Migration]:
    """Which migrations have still to run; pure.

    Args:
        applied: name and checksum of each recorded one.

    Raises:
        StartError: a recorded file changed or is missing, or a new one sorts before a recorded one.
    """
    known = {migration.name: migration for migration in migrations}
    for name, checksum in applied:
        if name not in known:
            raise StartError(f"the counters were made by a newer version: this one has no migration {name}")
        if known[name].checksum != checksum:
            raise StartError(f"migration {name} was changed after it had been applied to these counters")
    done = {name for name, _ in applied}
    waiting = [migration for migration in migrations if migration.name not in done]
    if waiting and done and waiting[0].name < max(done):
        raise StartError(f"migration {waiting[0].name} comes before {max(done)}, which was applied already")
    return waiting


def recorded(client: WriteClient) -> list[tuple[str, str]]:
    """Name and checksum of each migration that was applied; raises UnavailableError."""
    return [(str(name), str(checksum)) for name, checksum in client.query(_RECORDED).rows]


def is_behind(client: WriteClient) -> bool:
    """Whether there are counters of an earlier version; raises as `migrate`."""
    if not client.query(_HAS_LEDGER).rows:
        return False
    applied = recorded(client)
    return bool(applied) and bool(pending(shipped(), applied))


def migrate(client: WriteClient, through: str = "") -> list[str]:
    """Apply what is missing and return the names of the files that ran.

    Args:
        through: name of the last file to apply, for data that were made with it; all of them if empty.

    Raises:
        StartError: see `pending`.
        UnavailableError: ClickHouse refused a statement; a second start goes on from there.
    """
    client.command(_LEDGER)
    waiting = [one for one in pending(shipped(), recorded(client)) if not through or one.name <= through]
    for migration in waiting:
        client.command(migration.sql)
        record = {"name": [migration.name], "checksum": [migration.checksum]}
        client.insert("schema_migrations", _LEDGER_TYPES, record, token=migration.checksum)
    return [migration.name for migration in waiting]


_HAS_LEDGER = "SELECT 1 FROM system.tables WHERE database = currentDatabase() AND name = 'schema_migrations'"
_RECORDED = "SELECT DISTINCT name, checksum FROM schema_migrations ORDER BY name"

"""Which pairs of running days were shown, and with which numbers: kept on tmpfs, so that a restart begins no new steps.

It holds nothing that no answer has shown already. Days go two days later, a reboot or another data directory begins
anew, as the day's visits do. A file that cannot be read is begun anew.
"""

import contextlib
import sqlite3
import threading
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path

import msgspec

from appliance.warehouse.fold.day import TableName

Shown = dict[tuple[str, str], list[int]]
"""Counters by pair."""

FILE = "shown-pairs"
_REMEMBERED_DAYS = 2
_CREATE = """
CREATE TABLE IF NOT EXISTS shown (
    site TEXT, day TEXT, dim_a INTEGER, dim_b INTEGER, a TEXT, b TEXT, counters BLOB,
    PRIMARY KEY (site, day, dim_a, dim_b, a, b)
) WITHOUT ROWID
"""
_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[int]).decode


class ShownPairs:
    """The memory of running days. Safe to share between threads, not between processes."""

    def __init__(self, path: Path | None = None) -> None:
        """`path`: a file on tmpfs; None: memory of this process only."""
        self._lock = threading.Lock()
        self._days: dict[str, date] = {}
        try:
            self._database = _opened(path)
        except sqlite3.DatabaseError:
            assert path is not None  # noqa: S101  memory is never damaged
            path.unlink()
            self._database = _opened(path)

    def read(self, site: str, day: date, table: TableName) -> Shown:
        """What was shown of one table."""
        with self._lock:
            rows = self._database.execute(
                "SELECT a, b, counters FROM shown WHERE site = ? AND day = ? AND dim_a = ? AND dim_b = ?",
                (site, day.isoformat(), *map(int, table)),
            ).fetchall()
        return {(a, b): _decode(counters) for a, b, counters in rows}

    def add(self, site: str, day: date, table: TableName, shown: Mapping[tuple[str, str], list[int]]) -> None:
        """Note pairs before they are shown; older days of the site are forgotten."""
        dimensions = tuple(map(int, table))
        rows = [(site, day.isoformat(), *dimensions, *pair, _encode(row)) for pair, row in shown.items()]
        with self._lock, self._database:
            self._database.executemany("REPLACE INTO shown VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
            if self._days.get(site) != day:
                self._days[site] = day
                first = (day - timedelta(days=_REMEMBERED_DAYS)).isoformat()
                self._database.execute("DELETE FROM shown WHERE site = ? AND day < ?", (site, first))

    def forget(self, site: str) -> None:
        """Erase a site."""
        with self._lock, self._database:
            self._database.execute("DELETE FROM shown WHERE site = ?", (site,))

    def close(self) -> None:
        """Let go of the file."""
        with self._lock:
            self._database.close()


def _opened(path: Path | None) -> sqlite3.Connection:
    database = sqlite3.connect(path or ":memory:", check_same_thread=False)
    try:
        # On tmpfs there is no disk to wait for. Deleted rows are overwritten.
        for pragma in ("journal_mode = TRUNCATE", "synchronous = OFF", "secure_delete = ON"):
            database.execute(f"PRAGMA {pragma}")
        database.execute(_CREATE)
    except sqlite3.DatabaseError:
        with contextlib.suppress(sqlite3.Error):
            database.close()
        raise
    return database

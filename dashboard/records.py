"""The small SQLite file of the dashboard: who is logged in. Nothing else of the appliance reads or writes it.

What is deleted is overwritten, and no journal is left behind, so that an ended login is nowhere in the file.
"""

import os
import sqlite3
import threading
from functools import cache
from pathlib import Path
from typing import Any

_SQL = Path(__file__).parent / "sql"
_WAIT_SECONDS = 5.0


class Records:
    """The open file; safe to use from several threads and processes.

    Args:
        path: made with mode 0600 if it is not there; None: in memory.

    Raises:
        sqlite3.Error, OSError: the file cannot be used.
    """

    def __init__(self, path: Path | None = None) -> None:
        if path is not None:
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        for pragma in ("secure_delete = ON", "journal_mode = DELETE", "synchronous = NORMAL", "trusted_schema = OFF"):
            self._connection.execute(f"PRAGMA {pragma}")
        self._connection.executescript(_statement("schema"))

    def run(self, name: str, /, **values: Any) -> list[Any]:
        """Run the statement of `sql/<name>.sql` and return its rows.

        Raises:
            sqlite3.Error: the file is busy for long, full or damaged.
        """
        with self._lock:
            return self._connection.execute(_statement(name), values).fetchall()

    def close(self) -> None:
        """Close the file."""
        self._connection.close()


@cache
def _statement(name: str) -> str:
    return (_SQL / f"{name}.sql").read_text(encoding="utf-8")

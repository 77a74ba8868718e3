"""A writer process to be killed: flushes numbered batches from an outbox that lives in a file.

`doomed_writer.py DIRECTORY COUNT` moves batches 0 … COUNT-1, one per flush, prints a line when it starts and the sums
when nothing is left. The file holds what Redis would: the note and how far it was confirmed.
"""

import json
import os
import sys
from collections.abc import Collection
from pathlib import Path
from random import Random

from appliance.facts import FactBatch
from appliance.warehouse.writer import Writer
from tests.kit.engine import running_engine
from tests.kit.facts import random_batch
from tests.kit.outbox import MemoryEntry, MemoryNote


def batch(number: int) -> FactBatch:
    return random_batch(Random(number), 8, ("a.example", "b.example"), (20_779, 20_780))


class FileOutbox:
    def __init__(self, path: Path, count: int) -> None:
        self._path = path
        self._count = count
        state = json.loads(path.read_text()) if path.exists() else {"next": 0, "note": None}
        self._next: int = state["next"]
        self._note = MemoryNote(state["note"], [(0, f"{self._next}-0")]) if state["note"] else None

    def read(self, limit: int) -> list[MemoryEntry]:
        return [self._entry()] if self._next < self._count else []

    def noted(self) -> MemoryNote | None:
        return self._note

    def note(self, note: MemoryNote) -> None:
        self._save(self._next, note)

    def read_noted(self, note: MemoryNote) -> list[MemoryEntry]:
        return [self._entry()]

    def confirm(self, note: MemoryNote, rejected: Collection[tuple[int, str]]) -> None:
        assert not rejected
        self._save(self._next + 1, None)

    def _entry(self) -> MemoryEntry:
        return MemoryEntry(0, f"{self._next}-0", batch(self._next))

    def _save(self, following: int, note: MemoryNote | None) -> None:
        self._next, self._note = following, note
        scratch = self._path.with_suffix(".new")
        scratch.write_text(json.dumps({"next": following, "note": note.token if note else None}))
        os.replace(scratch, self._path)


_OF_CELLS = "sum(visitors), sum(visits), sum(events), sum(closed), sum(duration_ms) FROM open_cells"
SUMS = f"""
    SELECT 'totals_hour', sum(visitors), sum(visits), sum(events), sum(closed), sum(duration_ms) FROM totals_hour
    UNION ALL
    SELECT 'cells', {_OF_CELLS} WHERE dim_b = 0
    UNION ALL
    SELECT 'pairs', {_OF_CELLS} WHERE dim_b != 0
    UNION ALL
    SELECT 'outcomes', sum(hits), 0, 0, 0, 0 FROM outcomes
"""  # noqa: S608  constants


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    directory, count = Path(sys.argv[1]), int(sys.argv[2])
    with running_engine(directory) as engine:
        writer = Writer(engine.writer, FileOutbox(directory / "outbox.json", count), MemoryNote, lambda: 0.0)
        say("ready")
        while writer.flush_once():
            pass
        say(json.dumps({row[0]: list(row[1:]) for row in engine.writer.query(SUMS).rows}))


if __name__ == "__main__":
    main()

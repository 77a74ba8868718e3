"""An outbox in memory that can fail before or after any of its steps, as Redis can when the process is killed."""

from collections.abc import Collection, Sequence
from typing import NamedTuple

from appliance.errors import UnavailableError
from appliance.facts import FactBatch


class MemoryEntry(NamedTuple):
    shard: int
    id: str
    batch: FactBatch | None


class MemoryNote(NamedTuple):
    token: str
    entries: list[tuple[int, str]]


class MemoryLastNote:
    """Outlives a writer."""

    def __init__(self) -> None:
        self.note: MemoryNote | None = None

    def read(self) -> MemoryNote | None:
        return self.note

    def write(self, note: MemoryNote) -> None:
        self.note = note


class MemoryOutbox:
    """`fail_before` and `fail_after` name the method whose next call fails; each fails once."""

    def __init__(self, entries: Sequence[MemoryEntry] = ()) -> None:
        self.entries = list(entries)
        self.flush: MemoryNote | None = None
        self.fail_before = ""
        self.fail_after = ""
        self.tokens: list[str] = []
        self.set_aside: list[tuple[int, str]] = []

    def read(self, limit: int) -> list[MemoryEntry]:
        self._maybe_fail("read", before=True)
        shards = sorted({entry.shard for entry in self.entries})
        return [entry for shard in shards for entry in [e for e in self.entries if e.shard == shard][:limit]]

    def noted(self) -> MemoryNote | None:
        return self.flush

    def note(self, note: MemoryNote) -> None:
        self._maybe_fail("note", before=True)
        self.flush = note
        self.tokens.append(note.token)
        self._maybe_fail("note", before=False)

    def read_noted(self, note: MemoryNote) -> list[MemoryEntry]:
        by_place = {(entry.shard, entry.id): entry for entry in self.entries}
        return [by_place[place] for place in note.entries if place in by_place]

    def confirm(self, note: MemoryNote, rejected: Collection[tuple[int, str]] = ()) -> None:
        self._maybe_fail("confirm", before=True)
        self.set_aside += sorted(rejected)
        self.entries = [entry for entry in self.entries if (entry.shard, entry.id) not in set(note.entries)]
        self.flush = None
        self._maybe_fail("confirm", before=False)

    def _maybe_fail(self, step: str, *, before: bool) -> None:
        name = "fail_before" if before else "fail_after"
        if getattr(self, name) == step:
            setattr(self, name, "")
            raise UnavailableError(f"made to fail {'before' if before else 'after'} {step}")

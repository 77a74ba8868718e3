"""Move facts from the outbox into the counters, each exactly once.

One flush: note which entries it takes, insert them table by table under tokens made from the note, confirm. A crash
anywhere leaves the note behind, and the next flush repeats the same batch under the same tokens, which ClickHouse
counts once. Batches are bounded, because a flush costs memory with its size and a fixed price however small it is.
"""

import secrets
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

from appliance.clock import Clock
from appliance.facts import FactBatch
from appliance.warehouse.client import Columns, WriteClient
from appliance.warehouse.columns import (
    EVENT_TYPES,
    OUTCOME_TYPES,
    PAIR_TYPES,
    VISIT_TYPES,
    event_columns,
    outcome_columns,
    pair_columns,
    visit_columns,
)

MAX_FACTS = 5_000
"""Facts of one flush, unless a single entry holds more: about 0.5 s of one core."""
MAX_ENTRIES = 256
"""Entries read from each shard for one flush."""


class Entry(Protocol):
    """One entry of the outbox."""

    @property
    def shard(self) -> int:
        """Shard it stands in."""

    @property
    def id(self) -> str:
        """Stream id, `milliseconds-number`."""

    @property
    def batch(self) -> FactBatch | None:
        """Its facts; None if it cannot be opened any more."""


class Note(Protocol):
    """What one flush takes, written down before it starts."""

    @property
    def token(self) -> str:
        """Unique to the flush, the same in every repetition."""


NoteT = TypeVar("NoteT", bound=Note)
"""The outbox's own type of note."""


class OutboxReader(Protocol[NoteT]):
    """The writer's side of the outbox. Every method may raise UnavailableError."""

    def read(self, limit: int) -> Sequence[Entry]:
        """Up to `limit` oldest entries of each shard."""

    def noted(self) -> NoteT | None:
        """The note of a flush that was not confirmed."""

    def note(self, note: NoteT) -> None:
        """Write a note down."""

    def read_noted(self, note: NoteT) -> Sequence[Entry]:
        """The entries of a note, in its order."""

    def confirm(self, note: NoteT) -> None:
        """Delete the entries of a note and the note, together."""


class Writer(Generic[NoteT]):
    """Flushes one outbox. Use it from one thread."""

    def __init__(
        self,
        client: WriteClient,
        outbox: OutboxReader[NoteT],
        make_note: Callable[[str, list[tuple[int, str]]], NoteT],
        clock: Clock,
    ) -> None:
        """`make_note` builds a note from a token and the shard and id of each entry."""
        self._client = client
        self._outbox = outbox
        self._make_note = make_note
        self._clock = clock
        self.counted_until = 0.0
        """Everything that was in the outbox at this moment is counted; seconds since 1970, 0 before the first time."""
        self.unreadable_entries = 0
        """Entries confirmed without being counted because their key was lost: a mark on data quality."""

    def flush_once(self) -> int:
        """Move one batch, or repeat the one that was not confirmed.

        Returns:
            Number of facts moved; 0 if the outbox is empty.

        Raises:
            UnavailableError: Redis or ClickHouse is away; the next call repeats the same batch.
        """
        asked_at = self._clock()
        note = self._outbox.noted()
        drained = False
        if note is not None:
            entries = self._outbox.read_noted(note)
        else:
            waiting = self._outbox.read(MAX_ENTRIES)
            entries = first_batch(waiting)
            drained = len(entries) == len(waiting) < MAX_ENTRIES
            if entries:
                places = [(entry.shard, entry.id) for entry in entries]
                note = self._make_note(secrets.token_hex(16), places)
                self._outbox.note(note)
        facts = 0
        if note is not None:
            batches = [entry.batch for entry in entries if entry.batch is not None]
            facts = self._insert(note.token, batches)
            self._outbox.confirm(note)
            self.unreadable_entries += len(entries) - len(batches)
        if drained:
            self.counted_until = asked_at
        return facts

    def _insert(self, token: str, batches: Sequence[FactBatch]) -> int:
        visits = [fact for batch in batches for fact in batch.visits]
        events = [fact for batch in batches for fact in batch.events]
        outcomes = [fact for batch in batches for fact in batch.outcomes]
        pairs = [fact for batch in batches for fact in batch.pairs]
        if visits:
            self._insert_table("visit_facts", VISIT_TYPES, visit_columns(visits), token)
        if events:
            self._insert_table("event_facts", EVENT_TYPES, event_columns(events), token)
        if outcomes:
            self._insert_table("outcomes", OUTCOME_TYPES, outcome_columns(outcomes), token)
        if pairs:
            self._insert_table("pair_facts", PAIR_TYPES, pair_columns(pairs), token)
        return len(visits) + len(events) + len(outcomes) + len(pairs)

    def _insert_table(self, table: str, types: dict[str, str], columns: Columns, token: str) -> None:
        self._client.insert(table, types, columns, token=f"{token}:{table}")


def first_batch(waiting: Sequence[Entry], max_facts: int = MAX_FACTS) -> list[Entry]:
    """The oldest entries, of all shards, that one flush takes: at least one if any waits. Pure."""
    taken: list[Entry] = []
    facts = 0
    for entry in sorted(waiting, key=_age):
        facts += _size(entry.batch)
        if taken and facts > max_facts:
            break
        taken.append(entry)
    return taken


def _age(entry: Entry) -> tuple[int, int, int]:
    milliseconds, _, number = entry.id.partition("-")
    return int(milliseconds), int(number or 0), entry.shard


def _size(batch: FactBatch | None) -> int:
    return len(batch.visits) + len(batch.events) + len(batch.outcomes) + len(batch.pairs) if batch else 0

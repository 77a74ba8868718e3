"""Move facts from the outbox into the counters, each exactly once.

One flush: note which entries it takes, insert them table by table under tokens made from the note, confirm. A crash
anywhere leaves the note behind, and the next flush repeats the same batch under the same tokens, which ClickHouse
counts once. Batches are bounded, because a flush costs memory with its size and a fixed price however small it is.
Entries that ClickHouse can never take are set aside, so that they do not keep all others waiting.
"""

import secrets
from collections import Counter
from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from appliance.clock import Clock
from appliance.errors import RejectedError
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
from appliance.warehouse.insert_size import (
    MAX_BYTES,
    batch_bytes,
    cut,
    event_bytes,
    pair_bytes,
    plain_bytes,
    visit_bytes,
)

MAX_ENTRIES = 24
"""Entries read from each shard for one flush; the worker makes eight a second of each at most, unless it catches up."""


Place = tuple[int, str]
"""Shard and id of an entry."""


class _Table(NamedTuple):
    """Where facts of one kind go."""

    name: str
    types: dict[str, str]
    columns: Callable[[Any], Columns]
    facts: Callable[[FactBatch], list[Any]]
    size: Callable[[Any], int]


_TABLES = (
    _Table("visit_facts", VISIT_TYPES, visit_columns, attrgetter("visits"), visit_bytes),
    _Table("event_facts", EVENT_TYPES, event_columns, attrgetter("events"), event_bytes),
    _Table("outcomes", OUTCOME_TYPES, outcome_columns, attrgetter("outcomes"), plain_bytes),
    _Table("pair_facts", PAIR_TYPES, pair_columns, attrgetter("pairs"), pair_bytes),
)


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

    def confirm(self, note: NoteT, rejected: Collection[Place] = ()) -> None:
        """Delete the entries of a note and the note, together; set those aside that were rejected."""


class LastNote(Protocol[NoteT]):
    """Keeps the last note in another place than Redis."""

    def read(self) -> NoteT | None:
        """The last one; None if there was none."""

    def write(self, note: NoteT) -> None:
        """Keep this one instead; raises UnavailableError."""


class Writer(Generic[NoteT]):
    """Flushes one outbox. Use it from one thread."""

    def __init__(
        self,
        client: WriteClient,
        outbox: OutboxReader[NoteT],
        make_note: Callable[[str, list[tuple[int, str]]], NoteT],
        clock: Clock,
        last_note: LastNote[NoteT] | None = None,
    ) -> None:
        """Wire it.

        Args:
            make_note: builds a note from a token and the shard and id of each entry.
            last_note: outlives this process; without it a note that Redis loses is known only to this object.
        """
        self._client = client
        self._outbox = outbox
        self._make_note = make_note
        self._clock = clock
        self._last_note = last_note
        self._unconfirmed = last_note.read() if last_note is not None else None
        self.counted_until = 0.0
        """Everything that was in the outbox at this moment is counted; seconds since 1970, 0 before the first time."""
        self.is_behind = False
        """The last flush left something behind that it had seen."""
        self.unreadable_entries = 0
        """Entries confirmed without being counted because their key was lost: a mark on data quality."""
        self.rejections: list[str] = []
        """Why entries were set aside since the start, one sentence each; whoever says so may clear it."""

    def flush_once(self) -> int:
        """Move one batch, or repeat the one that was not confirmed.

        Returns:
            Number of facts moved; 0 if the outbox is empty.

        Raises:
            UnavailableError: Redis or ClickHouse is away; the next call repeats the same batch.
        """
        asked_at = self._clock()
        note = self._outbox.noted() or self._lost_note()
        drained = fits = False
        if note is not None:
            entries = self._outbox.read_noted(note)
        else:
            waiting = self._outbox.read(MAX_ENTRIES)
            entries = first_batch(waiting, MAX_BYTES)
            fits = len(entries) > 1  # within the same bound as the pieces, so a repetition makes no others
            of_shards = Counter(entry.shard for entry in waiting)
            drained = len(entries) == len(waiting) and max(of_shards.values(), default=0) < MAX_ENTRIES
            if entries:
                places = [(entry.shard, entry.id) for entry in entries]
                note = self._note(self._make_note(secrets.token_hex(16), places))
        facts = 0
        if note is not None:
            # Of two, the younger one is kept: Redis may have lost it and still have the one before.
            self._unconfirmed = self._unconfirmed or note
            facts, rejected = self._insert(note.token, entries, fits=fits)
            self._outbox.confirm(note, rejected)
            if self._unconfirmed.token == note.token:
                self._unconfirmed = None
            self.unreadable_entries += sum(entry.batch is None for entry in entries)
        if drained:
            self.counted_until = asked_at
        self.is_behind = not drained
        return facts

    def finish_noted(self) -> None:
        """Repeat what was not confirmed, if there is anything; raises as `flush_once`."""
        while self._outbox.noted() is not None or self._lost_note() is not None:
            self.flush_once()

    def _note(self, note: NoteT) -> NoteT:
        """Write a new one down, first where Redis cannot lose it."""
        if self._last_note is not None:
            self._last_note.write(note)
        self._outbox.note(note)
        self._unconfirmed = note
        return note

    def _lost_note(self) -> NoteT | None:
        """The note of the flush before, written down once more; None if that flush was confirmed.

        A Redis whose file was cut comes back without its last writes; what they noted may be in ClickHouse already, and
        the process that knew of it may have ended.
        """
        if self._unconfirmed is None or not self._outbox.read_noted(self._unconfirmed):
            return None
        self._outbox.note(self._unconfirmed)
        return self._unconfirmed

    def _insert(self, token: str, entries: Sequence[Entry], *, fits: bool) -> tuple[int, set[Place]]:
        """Insert table by table; returns the number of facts and the entries of which some can never get in.

        Args:
            fits: it is known that the engine can take all at once.
        """
        total = 0
        rejected: set[Place] = set()
        for table in _TABLES:
            facts = [fact for entry in entries if entry.batch for fact in table.facts(entry.batch)]
            if not facts:
                continue
            total += len(facts)
            try:
                self._insert_facts(table, facts, token, fits=fits)
            except RejectedError as error:
                rejected |= self._insert_each(table, entries, token, error)
        return total, rejected

    def _insert_each(self, table: _Table, entries: Sequence[Entry], token: str, first: RejectedError) -> set[Place]:
        """Find the entries that can never get in; all of them, if some of the batch may be there.

        Tokens follow from the note: a repetition after a crash goes the same way.
        """
        rejected: set[Place] = set()
        for number, entry in enumerate(entries):
            facts = table.facts(entry.batch) if entry.batch else []
            if not facts:
                continue
            try:
                if first.was_sent:
                    raise first
                self._insert_facts(table, facts, f"{token}:{number}")
            except RejectedError as error:
                rejected.add((entry.shard, entry.id))
                self.rejections.append(str(error))
        return rejected

    def _insert_facts(self, table: _Table, facts: list[Any], token: str, *, fits: bool = False) -> None:
        _insert(self._client, table, facts, token, fits=fits)


def insert_facts(client: WriteClient, batch: FactBatch, token: str) -> None:
    """Insert facts that come from no outbox, table by table. Repeated under the same token, it adds nothing.

    Raises:
        UnavailableError: it is unknown which tables are in; repeat the same batch under the same token.
        RejectedError: ClickHouse can never take it.
    """
    for table in _TABLES:
        if facts := table.facts(batch):
            _insert(client, table, facts, token)


def _insert(client: WriteClient, table: _Table, facts: list[Any], token: str, *, fits: bool = False) -> None:
    """In one piece, unless a single entry is more than the engine can take: its pieces are the same in a repetition."""
    for number, piece in enumerate((facts,) if fits else cut(facts, table.size, MAX_BYTES)):
        of_piece = f"{token}:{table.name}:{number}" if number else f"{token}:{table.name}"
        try:
            client.insert(table.name, table.types, table.columns(piece), token=of_piece)
        except RejectedError as error:
            raise RejectedError(str(error), was_sent=error.was_sent or number > 0) from None


def first_batch(waiting: Sequence[Entry], max_bytes: int) -> list[Entry]:
    """The oldest entries, of all shards, that one flush takes: at least one if any waits. Pure.

    Args:
        max_bytes: of memory that the engine may need, see `insert_size`. A large flush is cheaper: equal cells meet
            before they are written.
    """
    taken: list[Entry] = []
    size = 0
    for entry in sorted(waiting, key=_age):
        size += batch_bytes(entry.batch)
        if taken and size > max_bytes:
            break
        taken.append(entry)
    return taken


def _age(entry: Entry) -> tuple[int, int, int]:
    milliseconds, _, number = entry.id.partition("-")
    return int(milliseconds), int(number or 0), entry.shard

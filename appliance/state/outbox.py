"""The outbox: sealed facts on their way to ClickHouse, and the note that makes each insert repeatable.

The writer writes down which entries belong to an insert before it inserts; a retry after a crash is then the same
batch under the same deduplication token. Entries are deleted together with the note.
"""

import secrets
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, NamedTuple

import msgspec

from appliance.errors import KeyGoneError, LeaseLostError
from appliance.facts import FactBatch, OutcomeFact
from appliance.state import envelope, names
from appliance.state.connection import AsyncClient, Client, Pipeline, TransactionAbortedError, translated
from appliance.state.envelope import Sealer
from appliance.state.lease import WriterLease

_encode = msgspec.msgpack.Encoder().encode
_decode_batch = msgspec.msgpack.Decoder(FactBatch).decode
_decode_outcomes = msgspec.msgpack.Decoder(list[OutcomeFact]).decode
_SEALED = b"facts"
_PLAIN = b"outcomes"
_SET_ASIDE_SECONDS = 72 * 3600
"""As long as a transport key lives at most; afterwards nobody can open them."""

_HANDED_SECONDS = 72 * 3600
"""Longer than Redis may be away while a process waits to hand over."""


class Lane(NamedTuple):
    """One of the two outboxes, each with its own flushes."""

    place: Callable[[int], str]
    """Stream of a shard."""
    flush: str
    """Where the note of its insert stands."""


FACTS = Lane(names.outbox, names.FLUSH)
"""Singles and totals, inserted every second so that reports are fresh."""
PAIRS = Lane(names.pairs, names.FLUSH_PAIRS)
"""Pairs of visit attributes, inserted rarely: they are many, and cost less together."""


class OutboxEntry(NamedTuple):
    """One entry: facts of one transaction of the worker, or outcome counts of ingest."""

    shard: int
    id: str
    batch: FactBatch | None
    """None if the entry cannot be opened any more: its transport key was lost with the host."""


class FlushNote(msgspec.Struct, frozen=True):
    """Which entries one insert takes, and its deduplication token."""

    token: str
    entries: list[tuple[int, str]]
    """Shard and id of each entry, in the order of the insert."""


class Outbox:
    """The writer's side. Every method may raise UnavailableError; `note` and `confirm` LeaseLostError."""

    def __init__(
        self, client: Client, transport: Sealer, shards: int, lane: Lane = FACTS, lease: WriterLease | None = None
    ) -> None:
        """`lease` is that of a running warehouse; without one nobody else may be at work."""
        self._client = client
        self._lease = lease
        self._place, self._flush = lane
        self._transport = transport
        self._shards = shards

    def read(self, limit: int) -> list[OutboxEntry]:
        """Up to `limit` oldest entries of each shard; they stay until `confirm`."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for shard in range(self._shards):
                pipeline.xrange(self._place(shard), count=limit)
            replies: Any = pipeline.execute()
        return [
            self._open(shard, entry_id, fields) for shard, entries in enumerate(replies) for entry_id, fields in entries
        ]

    def read_noted(self, note: FlushNote) -> list[OutboxEntry]:
        """The entries of a note, in its order."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for shard, entry_id in note.entries:
                pipeline.xrange(self._place(shard), min=entry_id, max=entry_id)
            replies: Any = pipeline.execute()
        return [
            self._open(shard, entry_id, fields)
            for (shard, _), entries in zip(note.entries, replies, strict=True)
            for entry_id, fields in entries
        ]

    def _open(self, shard: int, entry_id: bytes, fields: dict[bytes, bytes]) -> OutboxEntry:
        try:
            if _PLAIN in fields:
                batch = FactBatch(outcomes=_decode_outcomes(fields[_PLAIN]))
            else:
                sealed = envelope.unseal(self._transport, self._place(shard), fields[_SEALED])
                batch = _decode_batch(sealed)
        except (KeyGoneError, msgspec.DecodeError, KeyError):
            return OutboxEntry(shard, entry_id.decode(), None)
        return OutboxEntry(shard, entry_id.decode(), batch)

    def noted(self) -> FlushNote | None:
        """The note of an insert that was not confirmed yet."""
        with translated():
            raw: Any = self._client.get(self._flush)
        return msgspec.msgpack.decode(raw, type=FlushNote) if raw else None

    def note(self, note: FlushNote) -> None:
        """Write down what the next insert takes."""
        with translated(), self._transaction() as transaction:
            transaction.set(self._flush, _encode(note))
            self._execute(transaction)

    def confirm(self, note: FlushNote, rejected: Collection[tuple[int, str]] = ()) -> None:
        """ClickHouse has it: delete entries and note in one transaction.

        Args:
            rejected: shard and id of entries that ClickHouse will never take. They are set aside as they are, until
                three days after the last of them.
        """
        by_shard: dict[int, list[str]] = {}
        aside = self._raw(rejected)
        for shard, entry_id in note.entries:
            by_shard.setdefault(shard, []).append(entry_id)
        with translated(), self._transaction() as transaction:
            for shard, ids in by_shard.items():
                transaction.xdel(self._place(shard), *ids)
            for place, fields in aside:
                transaction.xadd(names.SET_ASIDE, {"place": place, **fields})
            if aside:
                transaction.expire(names.SET_ASIDE, _SET_ASIDE_SECONDS)
            transaction.delete(self._flush)
            self._execute(transaction)

    @contextmanager
    def _transaction(self) -> Iterator[Pipeline]:
        with (
            self._client.pipeline(transaction=True) as transaction,
            self._lease.fence(transaction) if self._lease is not None else nullcontext(),
        ):
            yield transaction

    def _execute(self, transaction: Pipeline) -> None:
        try:
            transaction.execute()
        except TransactionAbortedError:
            raise LeaseLostError("another warehouse took the outboxes") from None

    def _raw(self, entries: Collection[tuple[int, str]]) -> list[tuple[str, dict[Any, Any]]]:
        found: list[tuple[str, dict[Any, Any]]] = []
        with translated():
            for shard, entry_id in entries:
                place = self._place(shard)
                replies: Any = self._client.xrange(place, min=entry_id, max=entry_id)
                found += [(place, fields) for _, fields in replies]
        return found

    def set_aside(self) -> int:
        """Number of entries, of both lanes, that ClickHouse would not take."""
        with translated():
            return int(self._client.xlen(names.SET_ASIDE))

    def oldest_key_names(self) -> set[str]:
        """Transport keys of the oldest entry of each shard; "" for an entry that is not sealed."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for shard in range(self._shards):
                pipeline.xrange(self._place(shard), count=1)
            replies: Any = pipeline.execute()
        return {
            envelope.label(fields[_SEALED]).key_name if _SEALED in fields else ""
            for entries in replies
            for _, fields in entries
        }

    def waiting(self) -> int:
        """Number of entries that ClickHouse has not got yet."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for shard in range(self._shards):
                pipeline.xlen(self._place(shard))
            return sum(pipeline.execute())


class OutcomeSink:
    """Ingest's side: counts of dropped hits. They hold nothing of any visitor and are not sealed."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client
        self._handed = names.handed(secrets.token_hex(8))

    async def append(self, outcomes: list[OutcomeFact], number: int) -> None:
        """Hand counts to the writer, once for each number however often it is called.

        Raises:
            UnavailableError: it is not known whether they were taken; try again with the same number.
        """
        with translated():
            async with self._client.pipeline(transaction=True) as transaction:
                await transaction.watch(self._handed)
                taken: Any = await transaction.get(self._handed)
                if taken == str(number).encode():
                    return
                transaction.multi()  # type: ignore[no-untyped-call]
                transaction.xadd(names.outbox(0), {_PLAIN: _encode(outcomes)})
                transaction.set(self._handed, number, ex=_HANDED_SECONDS)
                await transaction.execute()

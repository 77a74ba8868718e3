"""One shard as its owner, the worker, sees it: queued events, profiles, and the transaction that moves on.

One batch is one transaction: profiles written, facts appended, consumed entries deleted, all or nothing, and only
while the lease is ours. A crash anywhere repeats the whole batch.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from appliance.errors import KeyGoneError, LeaseLostError
from appliance.events import CleanEvent
from appliance.facts import FactBatch
from appliance.state import envelope, names
from appliance.state.connection import Client, TransactionAbortedError, translated
from appliance.state.envelope import Label, Sealer
from appliance.state.lease import Lease

_PAGE_ENTRIES = 50
_encode = msgspec.msgpack.Encoder().encode
_decode_events = msgspec.msgpack.Decoder(list[CleanEvent]).decode


class Queued(NamedTuple):
    """Events of one site-day in one stream entry."""

    key_name: str
    events: list[CleanEvent]
    unreadable: int
    """Number of events whose key is gone; then `events` is empty."""


class QueuedEntry(NamedTuple):
    """One entry of the event stream."""

    id: str
    parts: list[Queued]


class SealedProfile(NamedTuple):
    """A profile to be written: opaque here, made and read by `aggregate`."""

    key_name: str
    tag: bytes
    content: bytes
    """Empty: delete the profile."""
    life_ms: int


class Shard:
    """Exclusive view of one shard. Every method may raise UnavailableError."""

    def __init__(self, client: Client, number: int, lease: Lease, sealer: Sealer, transport: Sealer) -> None:
        self.number = number
        self.lease = lease
        self._client = client
        self._sealer = sealer
        self._transport = transport

    def read(self, max_entries: int, max_events: int = 1 << 32) -> list[QueuedEntry]:
        """The oldest entries, still in the stream until a `commit` names them.

        Args:
            max_events: no more entries are read once they hold so many events; one entry holds 1,000 at most.
        """
        place = names.events(self.number)
        read: list[QueuedEntry] = []
        events, after = 0, "-"
        while len(read) < max_entries and events < max_events:
            wanted = min(_PAGE_ENTRIES, max_entries - len(read))
            with translated():
                page: Any = self._client.xrange(place, min=after, count=wanted)
            for entry_id, fields in page:
                if events >= max_events:
                    break
                entry = QueuedEntry(entry_id.decode(), [self._open(place, sealed) for sealed in fields.values()])
                events += sum(len(part.events) + part.unreadable for part in entry.parts)
                read.append(entry)
            if len(page) < wanted:
                break
            after = f"({read[-1].id}"
        return read

    def _open(self, place: str, sealed: bytes) -> Queued:
        found = Label("", 1)
        try:
            found = envelope.label(sealed)
            events = _decode_events(envelope.unseal(self._sealer, place, sealed))
        except (KeyGoneError, msgspec.DecodeError):
            return Queued(found.key_name, [], found.items)
        return Queued(found.key_name, events, 0)

    def profiles(self, tags: list[bytes]) -> list[bytes | None]:
        """Contents of profiles, None where there is none or its key is gone."""
        if not tags:
            return []
        with translated():
            values: Any = self._client.mget([names.visitor(self.number, tag) for tag in tags])
        return [self._open_profile(tag, value) if value else None for tag, value in zip(tags, values, strict=True)]

    def _open_profile(self, tag: bytes, value: bytes) -> bytes | None:
        try:
            return envelope.unseal(self._sealer, names.visitor(self.number, tag), value)
        except KeyGoneError:
            return None

    def all_profiles(self) -> Iterator[tuple[str, bytes, bytes | None]]:
        """Key name, tag and content of every profile; for the start of the worker."""
        cursor = 0
        while True:
            with translated():
                reply: Any = self._client.scan(cursor, match=names.visitors(self.number), count=1000)
                cursor, keys = reply
                values: Any = self._client.mget(keys) if keys else []
            for key, value in zip(keys, values, strict=True):
                if value:
                    tag = bytes.fromhex(key.decode().rpartition(":")[2])
                    yield envelope.label(value).key_name, tag, self._open_profile(tag, value)
            if cursor == 0:
                return

    def commit(
        self,
        consumed: list[str],
        profiles: Iterable[SealedProfile],
        facts: FactBatch,
        transport_key: str,
    ) -> None:
        """Move on by one batch, in one transaction.

        Raises:
            LeaseLostError: another worker owns the shard; nothing was written.
            KeyGoneError: a key was destroyed meanwhile; nothing was written.
        """
        with translated(), self._client.pipeline(transaction=True) as transaction, self.lease.fence(transaction):
            for profile in profiles:
                self._put(transaction, profile)
            self._append(transaction, names.outbox(self.number), transport_key, _without_pairs(facts))
            self._append(transaction, names.pairs(self.number), transport_key, FactBatch(pairs=facts.pairs))
            if consumed:
                transaction.xdel(names.events(self.number), *consumed)
            self.lease.renew(transaction)
            try:
                transaction.execute()
            except TransactionAbortedError:
                raise LeaseLostError(f"another worker took shard {self.number}") from None

    def _append(self, transaction: Any, place: str, transport_key: str, facts: FactBatch) -> None:
        if facts:
            transaction.xadd(place, {"facts": envelope.seal(self._transport, transport_key, place, _encode(facts))})

    def _put(self, transaction: Any, profile: SealedProfile) -> None:
        key = names.visitor(self.number, profile.tag)
        if profile.content:
            sealed = envelope.seal(self._sealer, profile.key_name, key, profile.content)
            # `set` looks through ten options that are not there; that costs as much as sealing.
            transaction.execute_command("SET", key, sealed, "PX", max(1, profile.life_ms))
        else:
            transaction.delete(key)


def _without_pairs(facts: FactBatch) -> FactBatch:
    return FactBatch(facts.visits, facts.events, facts.outcomes)

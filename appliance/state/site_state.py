"""Everything of one site in Redis: found, counted and removed. Nothing else may be using Redis meanwhile.

Facts on their way to ClickHouse hold several sites under one seal; they are not touched here and have to be counted
before. Names of keys and labels of envelopes say which site a value belongs to, so no key is needed.
"""

from collections.abc import Iterator
from typing import Any

from appliance.errors import KeyGoneError
from appliance.state import envelope, names
from appliance.state.connection import Client, translated

_SCAN = 1000
_Entry = tuple[bytes, dict[bytes, bytes]]


class SiteState:
    """One site. Every method may raise UnavailableError."""

    def __init__(self, client: Client, shards: int, site: str) -> None:
        self._client = client
        self._shards = range(shards)
        self._site = site
        self._prefix = f"{site}|".encode()

    def count(self) -> dict[str, int]:
        """How much there is of each kind: `queued` batches of events, `profiles`, `open_days`, `closes`."""
        with translated():
            return {
                "queued": sum(self._is_ours(name) for _, fields in self._queued() for name in fields),
                "profiles": sum(1 for _ in self._profiles()),
                "open_days": len(self._open_days()),
                "closes": len(self._closes()),
            }

    def remove(self) -> None:
        """Remove it. May be repeated."""
        with translated():
            for shard in self._shards:
                self._remove_queued(shard)
            for key in list(self._profiles()):
                self._client.delete(key)
            if days := self._open_days():
                self._client.srem(names.OPEN_DAYS, *days)
            if closes := self._closes():
                self._client.xdel(names.CLOSES, *closes)
            self._client.delete(names.live(self._site))

    def _remove_queued(self, shard: int) -> None:
        """Entries with other sites in them are written again without ours, and all behind them, to keep the order."""
        place = names.events(shard)
        entries = self._entries(place)
        first = next((n for n, (_, fields) in enumerate(entries) if any(map(self._is_ours, fields))), None)
        if first is None:
            return
        with self._client.pipeline(transaction=True) as transaction:
            for entry_id, fields in entries[first:]:
                transaction.xdel(place, entry_id)
                others: Any = {name: value for name, value in fields.items() if not self._is_ours(name)}
                if others:
                    transaction.xadd(place, others)
            transaction.execute()

    def _queued(self) -> Iterator[_Entry]:
        for shard in self._shards:
            yield from self._entries(names.events(shard))

    def _entries(self, place: str) -> list[_Entry]:
        found: Any = self._client.xrange(place)
        return list(found)

    def _profiles(self) -> Iterator[bytes]:
        for shard in self._shards:
            for key in self._client.scan_iter(match=names.visitors(shard), count=_SCAN):
                value: Any = self._client.get(key)
                if value and self._is_ours(_key_name(value)):
                    yield key

    def _open_days(self) -> list[bytes]:
        members: Any = self._client.smembers(names.OPEN_DAYS)
        return [member for member in members if self._is_ours(member)]

    def _closes(self) -> list[bytes]:
        return [entry_id for entry_id, fields in self._entries(names.CLOSES) if fields[b"site"].decode() == self._site]

    def _is_ours(self, key_name: bytes) -> bool:
        """Key names are `site|day`, and a site's name has no `|`."""
        return key_name.startswith(self._prefix)


def _key_name(value: bytes) -> bytes:
    try:
        return envelope.label(value).key_name.encode()
    except KeyGoneError:
        return b""

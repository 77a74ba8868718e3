"""Requests to close a day: the worker says that all visits of a site-day are in the outbox, the warehouse closes.

A request carries the last id of every outbox at that moment; it is ready when nothing up to there is left.
"""

from datetime import date
from typing import Any, NamedTuple

import msgspec

from appliance.state import names
from appliance.state.connection import Client, translated

_Watermarks = list[tuple[int, int]]
_decode = msgspec.msgpack.Decoder(_Watermarks).decode


class CloseRequest(NamedTuple):
    """A site-day whose visits are closed."""

    id: str
    site: str
    day: date
    ready: bool
    """Every fact of that day has been inserted and confirmed."""


class CloseRequests:
    """Both sides of the hand-over. Every method may raise UnavailableError."""

    def __init__(self, client: Client, shards: int) -> None:
        self._client = client
        self._places = [names.outbox(shard) for shard in range(shards)] + [
            names.pairs(shard) for shard in range(shards)
        ]

    def request(self, site: str, day: date) -> None:
        """Worker: all visits of the day are closed. A second request for the same day does no harm."""
        with translated():
            marks = [self._last_id(place) for place in self._places]
            fields: Any = {"site": site, "day": day.isoformat(), "marks": msgspec.msgpack.encode(marks)}
            self._client.xadd(names.CLOSES, fields)

    def pending(self) -> list[CloseRequest]:
        """Warehouse: requests not done yet, oldest first."""
        with translated():
            entries: Any = self._client.xrange(names.CLOSES)
            if not entries:
                return []
            firsts = [self._first_id(place) for place in self._places]
        requests = []
        for entry_id, fields in entries:
            marks = _decode(fields[b"marks"])
            drained = all(first is None or first > mark for first, mark in zip(firsts, marks, strict=False))
            requests.append(
                CloseRequest(
                    entry_id.decode(),
                    fields[b"site"].decode(),
                    date.fromisoformat(fields[b"day"].decode()),
                    drained,
                )
            )
        return requests

    def done(self, request: CloseRequest) -> None:
        """Warehouse: the day is closed."""
        with translated():
            self._client.xdel(names.CLOSES, request.id)

    def _last_id(self, place: str) -> tuple[int, int]:
        entries: Any = self._client.xrevrange(place, count=1)
        return _parse_id(entries[0][0]) if entries else (0, 0)

    def _first_id(self, place: str) -> tuple[int, int] | None:
        entries: Any = self._client.xrange(place, count=1)
        return _parse_id(entries[0][0]) if entries else None


def _parse_id(raw: bytes) -> tuple[int, int]:
    milliseconds, _, sequence = raw.partition(b"-")
    return int(milliseconds), int(sequence)

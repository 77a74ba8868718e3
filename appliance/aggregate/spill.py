"""Events of an import on their way to be counted: more than fit in memory, so they wait in a file, sealed.

The file has no name, so nothing of it is left whatever happens, and every chunk is sealed under the throw-away key of
its day, which is nowhere but in memory. An event is clean already: it has a tag instead of an address and an agent.
"""

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, Protocol

import msgspec

from appliance.events import CleanEvent

_PURPOSE = b"import"
_BUFFERED_EVENTS = 20_000
"""In memory at a time, about 20 MB."""


class LogEvent(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """An event with what else its line said."""

    event: CleanEvent
    is_signal: bool = False
    is_new_visitor: bool = False
    is_new_visit: bool = False
    is_nobody: bool = False
    """The line had no agent: a pageview of nobody in particular."""


class Sealer(Protocol):
    """`appliance.anonymize.keyring.Keyring`."""

    def seal(self, name: str, plaintext: bytes, associated: bytes) -> bytes:
        """Seal under the key of that name."""

    def unseal(self, name: str, sealed: bytes, associated: bytes) -> bytes:
        """Undo it; raises KeyGoneError."""


_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(list[LogEvent]).decode


class Bucket(NamedTuple):
    """Events that are read together: those of a day, or of some of its visitors."""

    key_name: str
    number: int = 0
    """Of the part of a day; 0 for all of it."""
    level: int = 0
    """How often the day was divided."""


class Spill:
    """A file without a name. Use it from one thread."""

    def __init__(self, directory: Path, keys: Sealer) -> None:
        self._file = tempfile.TemporaryFile(dir=directory, buffering=0)  # noqa: SIM115  closed by `close`
        self._keys = keys
        self._chunks: dict[Bucket, list[tuple[int, int]]] = {}
        self._waiting: dict[Bucket, list[LogEvent]] = {}
        self._n_waiting = 0
        self._end = 0
        self._sizes: dict[Bucket, int] = {}

    def put(self, bucket: Bucket, event: LogEvent) -> None:
        """Add an event to a bucket."""
        self._waiting.setdefault(bucket, []).append(event)
        self._n_waiting += 1
        if self._n_waiting >= _BUFFERED_EVENTS:
            self._flush()

    def buckets(self) -> dict[Bucket, int]:
        """Every bucket with its number of events."""
        self._flush()
        return dict(self._sizes)

    def take(self, bucket: Bucket) -> Iterator[list[LogEvent]]:
        """Read a bucket once, some of it at a time, in the order in which it was filled."""
        self._flush()
        for place, size in self._chunks.pop(bucket, []):
            sealed = os.pread(self._file.fileno(), size, place)
            yield _decode(self._keys.unseal(bucket.key_name, sealed, _PURPOSE))
        self._sizes.pop(bucket, None)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _flush(self) -> None:
        for bucket, events in self._waiting.items():
            sealed = self._keys.seal(bucket.key_name, _encode(events), _PURPOSE)
            self._file.write(sealed)
            self._chunks.setdefault(bucket, []).append((self._end, len(sealed)))
            self._sizes[bucket] = self._sizes.get(bucket, 0) + len(events)
            self._end += len(sealed)
        self._waiting.clear()
        self._n_waiting = 0

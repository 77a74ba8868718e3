"""A second place for the note of an insert: a file in the data directory, for a Redis that loses its last writes.

Such a Redis has the entries of an insert that is in ClickHouse, and no note of it. The file holds the last note whether
or not it was confirmed: numbers of entries and a random token, nothing of a visitor.
"""

import os
from pathlib import Path

import msgspec

from appliance.errors import UnavailableError
from appliance.state.outbox import FlushNote, Lane

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(FlushNote).decode


class NoteFile:
    """Of one outbox."""

    def __init__(self, data_dir: Path, lane: Lane) -> None:
        self._path = data_dir / f"last-{lane.flush.partition(':')[0]}"

    def read(self) -> FlushNote | None:
        """The last note; None if there was none, or if what is there is no note."""
        try:
            return _decode(self._path.read_bytes())
        except (OSError, msgspec.DecodeError):
            return None

    def write(self, note: FlushNote) -> None:
        """Keep a note instead of the one before; raises UnavailableError if the disk does not take it."""
        fresh = self._path.with_suffix(".fresh")
        try:
            with fresh.open("wb") as file:
                os.fchmod(file.fileno(), 0o600)
                file.write(_encode(note))
                file.flush()
                os.fsync(file.fileno())
            fresh.replace(self._path)
        except OSError as error:
            raise UnavailableError(f"{self._path} cannot be written ({error.strerror})") from None

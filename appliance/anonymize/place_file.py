"""Opens a place database in MaxMind's format. The one module that reads such files.

A file that somebody may write over while it is mapped into memory would take the process with it. Therefore the
operator's file is copied first, and the copy has no name any more once it is open.
"""

import shutil
import tempfile
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

import maxminddb

from appliance.anonymize.network import Address
from appliance.anonymize.place_record import read_place

_PROBED_RECORDS = 500


class PlaceFileError(Exception):
    """The file cannot be used; the text says why, in the middle of a sentence."""


class Stamp(NamedTuple):
    """What changes when a file is replaced or written to."""

    inode: int
    size: int
    modified_ns: int


class PlaceFile:
    """An open database.

    Args:
        path: file to read.
        scratch: directory for the copy; None: the file itself is mapped, because nobody writes to it.

    Raises:
        PlaceFileError: missing, unreadable, damaged, or not a database of places.
    """

    def __init__(self, path: Path, scratch: Path | None = None) -> None:
        try:
            self._reader = _open(path) if scratch is None else _open_copy(path, scratch)
            metadata = self._reader.metadata()
            self.kind = str(metadata.database_type)
            """What the file calls itself: "GeoLite2-City"."""
            self.built = int(metadata.build_epoch)
            """Seconds since 1970."""
            places = [read_place(record, "city") for _, record in islice(self._reader, _PROBED_RECORDS)]
        except FileNotFoundError:
            raise PlaceFileError("is not there") from None
        except OSError as error:
            raise PlaceFileError(f"cannot be read ({error.strerror or type(error).__name__})") from None
        except (maxminddb.InvalidDatabaseError, ValueError, UnicodeDecodeError):
            raise PlaceFileError("is damaged, or no database in MaxMind's format") from None
        if not any(place.country for place in places):
            raise PlaceFileError("has no countries in it")

    def record(self, address: Address) -> Any:
        """What the file says about an address; None for nothing."""
        try:
            return self._reader.get(address)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return None  # IPv6 asked of an IPv4 file, or a damaged branch of the tree


def stamp(path: Path) -> Stamp | None:
    """What is at this path now; None: nothing that can be read."""
    try:
        found = path.stat()
    except OSError:
        return None
    return Stamp(found.st_ino, found.st_size, found.st_mtime_ns)


def _open_copy(path: Path, scratch: Path) -> Any:
    before = stamp(path)
    with path.open("rb") as source, tempfile.NamedTemporaryFile(dir=scratch, prefix="places-") as copy:
        shutil.copyfileobj(source, copy, 1 << 20)
        copy.flush()
        if stamp(path) != before:
            raise PlaceFileError("changed while it was read")
        return _open(Path(copy.name))


def _open(path: Path) -> Any:
    # The C extension's mode: the pure Python reader of MODE_MMAP costs 15 µs a look-up.
    return maxminddb.open_database(str(path), maxminddb.MODE_MMAP_EXT)

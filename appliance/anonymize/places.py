"""Places of truncated addresses, from the operator's database, else from the table of countries inside the project.

The operator may replace the file at any time: `refresh` takes the new one, or keeps the old one when the new one cannot
be used. Without a usable file countries come from the table, and regions and cities are unknown; hits are counted all
the same.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import NamedTuple

from appliance.anonymize.memo import KeyedMemo
from appliance.anonymize.network import Address
from appliance.anonymize.place_file import PlaceFile, PlaceFileError, Stamp, stamp
from appliance.anonymize.place_record import Detail, Place, read_place

_MEMO_ENTRIES = 20_000


class _Source(NamedTuple):
    """A file in use and what was found in it; replaced as a whole, because another thread may do it."""

    file: PlaceFile
    memo: KeyedMemo[Place]


class Places:
    """Look-up of places.

    Args:
        database: the operator's file; None: countries only, from the project's table.
        scratch: directory for a copy of the operator's file.
        detail: the finest place that is read.
    """

    def __init__(self, database: Path | None = None, scratch: Path | None = None, detail: Detail = "city") -> None:
        with as_file(files("appliance.anonymize") / "data/iptoasn-country.mmdb") as own:
            self._source = _Source(PlaceFile(own), KeyedMemo(_MEMO_ENTRIES))
        self._database = database
        self._scratch = scratch
        self._detail = detail
        self._seen: Stamp | None = None
        self.problem = ""
        """Why the operator's file, as it is now, is not in use. Half a sentence."""
        self.is_own_table = True
        """No file of the operator is in use."""
        if database is not None:
            self.problem = "is not there"
            self.refresh()

    @property
    def kind(self) -> str:
        """What the file in use calls itself."""
        return self._source.file.kind

    @property
    def built(self) -> int:
        """When the file in use was made, in seconds since 1970."""
        return self._source.file.built

    def place(self, truncated: Address) -> Place:
        """Place of a network. Takes 1–2 µs; a network of a database with cities the first time 10 µs."""
        file, memo = self._source
        key = memo.hashed(truncated.packed)
        place = memo.get(key)
        if place is None:
            place = read_place(file.record(truncated), self._detail)
            memo.put(key, place)
        return place

    def refresh(self) -> bool:
        """Look at the operator's file, and take it if it is new. Whether there is anything to say about it.

        May take a second for a large file; another thread may go on asking for places meanwhile.
        """
        if self._database is None:
            return False
        now = stamp(self._database)
        if now == self._seen:
            return False
        self._seen = now
        if now is None:
            self.problem = "is not there"
            return True
        try:
            self._source = _Source(PlaceFile(self._database, self._scratch), KeyedMemo(_MEMO_ENTRIES))
        except PlaceFileError as error:
            self.problem = str(error)
        else:
            self.problem, self.is_own_table = "", False
        return True

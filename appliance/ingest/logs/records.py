"""From files to records: plain or gzip, lines of bounded length, JSON records of one line or of several.

Nothing of a file is kept; a record is bytes until it is parsed.
"""

import gzip
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, cast

from appliance.errors import StartError
from appliance.ingest.logs.combined import parse_combined
from appliance.ingest.logs.line import SHOWN, LeftOut, LogLine
from appliance.ingest.logs.tracking import UNREADABLE, Parsed, parse_tracking

STDIN = "-"
_CHUNK_BYTES = 1 << 18
MAX_RECORD_BYTES = 64 * 1024
"""A longer line, or a JSON record that does not end within as much, is unreadable."""
_MAX_KNOWN = 65_536
"""Requests for files that are remembered, 4 MB."""
_TOO_LONG = b"?"
"""Stands for such a line; no format has it."""
_GZIP = b"\x1f\x8b"


def read_lines(name: str, progress: Callable[[int], None]) -> Iterator[list[bytes]]:
    """Lines of one file without their ends, many at a time; a line that is too long comes as one that nobody can read.

    Args:
        name: path of a file, or `-` for the standard input; gzip is known by its first bytes.
        progress: told how many bytes of the file have been read since it was told last.

    Raises:
        StartError: the file cannot be read to its end.
    """
    try:
        with ExitStack() as held:
            raw: BinaryIO = sys.stdin.buffer if name == STDIN else held.enter_context(Path(name).open("rb"))
            counted = _Counted(raw, progress)
            head = counted.read(len(_GZIP))
            counted.give_back(head)
            packed = held.enter_context(gzip.open(cast(BinaryIO, counted))) if head == _GZIP else None
            yield from _lines(packed.read if packed else counted.read)
    except (OSError, EOFError, zlib.error) as error:
        reason = getattr(error, "strerror", None) or "damaged"
        raise StartError(f"the log {name} cannot be read to its end ({reason}); nothing was counted") from None


class _Counted:
    """A stream that tells how much was read, and takes back what was looked at."""

    def __init__(self, raw: BinaryIO, progress: Callable[[int], None]) -> None:
        self._raw = raw
        self._progress = progress
        self._returned = b""

    def read(self, size: int = -1) -> bytes:
        given, self._returned = self._returned, b""
        if given:
            return given
        chunk = self._raw.read(size)
        self._progress(len(chunk))
        return chunk

    def give_back(self, head: bytes) -> None:
        self._returned = head


def _lines(read: Callable[[int], bytes]) -> Iterator[list[bytes]]:
    rest = b""
    too_long = False
    while chunk := read(_CHUNK_BYTES):
        lines = (rest + chunk).split(b"\n")
        rest = lines.pop()
        if too_long and lines:
            lines[0] = _TOO_LONG
            too_long = False
        if len(rest) > MAX_RECORD_BYTES:
            rest, too_long = b"", True
        if lines:
            yield lines
    if rest or too_long:
        yield [_TOO_LONG if too_long else rest]


class Records:
    """Lines in, parsed requests out. One object for each file: a JSON record may go over several lines.

    Most lines are for files that belong to pages, and mostly for the same ones. They are counted in `assets` and not
    yielded, and a request that was for a file once is not looked at again. Only its hash is remembered, Python's own
    under a key of the process.
    """

    def __init__(self) -> None:
        self.assets = 0
        self._known_assets: set[int] = set()
        self._pending: list[bytes] = []
        self._pending_bytes = 0

    def parse(self, lines: list[bytes]) -> Iterator[LogLine | LeftOut]:
        """What these lines hold, but for assets. Empty lines are nothing."""
        known = self._known_assets
        for line in lines:
            if self._pending or line[:1] == b"{":
                yield from self._json(line)
            elif line:
                _, request, rest = (*line.split(b'"', 2), b"", b"")[:3]
                asked = hash(request)
                if asked in known and rest[1:4] in SHOWN:
                    self.assets += 1
                elif (parsed := parse_combined(line)) is LeftOut.ASSET:
                    self._note_asset(request, asked)
                else:
                    yield parsed

    def _note_asset(self, request: bytes, asked: int) -> None:
        self.assets += 1
        if b"\\" not in request:  # else a quote in it may have cut it short
            if len(self._known_assets) >= _MAX_KNOWN:
                self._known_assets.clear()
            self._known_assets.add(asked)

    def end(self) -> Iterator[LeftOut]:
        """What is left when the file ends: half a record, or nothing."""
        if self._pending:
            self._forget()
            yield LeftOut.UNREADABLE

    def _json(self, line: bytes) -> Iterator[LogLine | LeftOut]:
        stripped = line.strip()
        if self._pending and stripped[:1] == b"{":
            # A record begins, so the one before has no end.
            self._forget()
            yield LeftOut.UNREADABLE
        self._pending.append(stripped)
        self._pending_bytes += len(stripped)
        if stripped[-1:] == b"}":
            parsed = parse_tracking(b"\n".join(self._pending))
            if parsed is not UNREADABLE or len(self._pending) == 1:
                self._forget()
                yield from self._without_assets(parsed)
                return
        if self._pending_bytes > MAX_RECORD_BYTES:
            self._forget()
            yield LeftOut.UNREADABLE

    def _without_assets(self, parsed: Parsed) -> Iterator[LogLine | LeftOut]:
        for one in parsed:
            if one is LeftOut.ASSET:
                self.assets += 1
            else:
                yield one

    def _forget(self) -> None:
        self._pending.clear()
        self._pending_bytes = 0

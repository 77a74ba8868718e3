"""Reads the lines of a child's pipe inside the event loop, and never lets the child wait for a reader."""

import asyncio
import os
from collections.abc import Callable
from typing import IO

_CHUNK_BYTES = 65_536
_MAX_LINE_BYTES = 65_536


class LineReader:
    """Hands over each line as text, without its end; longer lines than 64 KiB are cut."""

    def __init__(self, pipe: IO[bytes] | None, take: Callable[[str], None]) -> None:
        assert pipe is not None  # noqa: S101  started with PIPE
        self._pipe = pipe
        self._take = take
        self._rest = b""
        os.set_blocking(pipe.fileno(), False)
        asyncio.get_running_loop().add_reader(pipe.fileno(), self._read)

    def close(self) -> None:
        """Take what is left and stop reading."""
        while not self._pipe.closed and self._read():
            pass
        self._end()

    def _read(self) -> bool:
        try:
            chunk = os.read(self._pipe.fileno(), _CHUNK_BYTES)
        except BlockingIOError:
            return False
        if not chunk:
            self._end()
            return False
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        for line in lines:
            self._hand_over(line)
        if len(self._rest) > _MAX_LINE_BYTES:
            self._hand_over(self._rest)
            self._rest = b""
        return True

    def _end(self) -> None:
        if not self._pipe.closed:
            asyncio.get_running_loop().remove_reader(self._pipe.fileno())
            self._pipe.close()
            self._hand_over(self._rest)
            self._rest = b""

    def _hand_over(self, line: bytes) -> None:
        text = line[:_MAX_LINE_BYTES].decode(errors="replace").rstrip()
        if text:
            self._take(text)

"""Appends entries to several streams in one round trip, the one command that ingest sends for every hit.

redis-py costs more per command than sealing a hundred hits does, so plain connections are spoken to directly: hiredis
packs and parses, asyncio carries. What is not answered in time ends its connection, so that a late reply is never taken
for that of another command. Connections with TLS stay with redis-py.
"""

import asyncio
from collections.abc import Sequence
from typing import Any, Protocol

import hiredis
import redis.asyncio

from appliance.errors import UnavailableError
from appliance.state.connection import AsyncClient, refusal, translated

Entry = tuple[str, dict[str, bytes]]
"""Name of a stream, and the fields of its new entry."""
Outcome = UnavailableError | None
"""None: Redis has the entry on disk."""
_PLAIN = (redis.asyncio.Connection, redis.asyncio.UnixDomainSocketConnection)


class Appender(Protocol):
    """What the queue needs of Redis."""

    async def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        """One outcome for each entry. Raises UnavailableError: nothing is known of any."""

    async def close(self) -> None:
        """End the connection."""


def appender(client: AsyncClient) -> Appender:
    """The fastest that can talk to the same Redis as the client."""
    pool = client.connection_pool
    if pool.connection_class in _PLAIN:
        return DirectAppender(pool.connection_kwargs)
    return LibraryAppender(client)


class LibraryAppender:
    """By redis-py. The client is closed by whoever opened it."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        """See `Appender`."""
        with translated():
            pipeline = self._client.pipeline(transaction=False)
            for stream, fields in entries:
                pipeline.xadd(stream, fields)  # type: ignore[arg-type]
            replies = await pipeline.execute(raise_on_error=False)
        return [refusal(reply) if isinstance(reply, Exception) else None for reply in replies]

    async def close(self) -> None:
        """Nothing to close."""


class DirectAppender:
    """One connection, opened when it is needed; one round trip at a time."""

    def __init__(self, options: dict[str, Any]) -> None:
        """`options` are those of redis-py's connections."""
        self._options = options
        self._seconds: float = options["socket_timeout"]
        self._line: _Line | None = None

    async def append(self, entries: Sequence[Entry]) -> list[Outcome]:
        """See `Appender`."""
        packed = b"".join(_packed(b"XADD", name, b"*", *_flat(fields)) for name, fields in entries)
        try:
            async with asyncio.timeout(self._seconds):
                line = self._line or await self._connect()
                replies = await line.ask(packed, len(entries))
        except BaseException as error:
            await self.close()
            if isinstance(error, TimeoutError | OSError | hiredis.HiredisError):
                raise UnavailableError(f"Redis did not take the command ({type(error).__name__})") from None
            raise
        return [refusal(reply) if isinstance(reply, Exception) else None for reply in replies]

    async def close(self) -> None:
        """End the connection; the next call opens another."""
        line, self._line = self._line, None
        if line is not None:
            line.close()

    async def _connect(self) -> "_Line":
        options, loop = self._options, asyncio.get_running_loop()
        if "path" in options:
            _, line = await loop.create_unix_connection(_Line, options["path"])
        else:
            _, line = await loop.create_connection(_Line, options.get("host", "localhost"), options.get("port", 6379))
        self._line = line
        greeting = []
        if options.get("password"):
            user = (options["username"],) if options.get("username") else ()
            greeting.append(_packed(b"AUTH", *user, options["password"]))
        if options.get("db"):
            greeting.append(_packed(b"SELECT", str(options["db"])))
        for command in greeting:
            (reply,) = await line.ask(command, 1)
            if isinstance(reply, Exception):
                raise ConnectionRefusedError
        return line


def _packed(*words: str | bytes) -> bytes:
    pack: Any = hiredis.pack_command  # typed as if a command had one word
    return bytes(pack(words))


def _flat(fields: dict[str, bytes]) -> list[str | bytes]:
    return [word for field in fields.items() for word in field]


class _Line(asyncio.Protocol):
    """A connection."""

    def __init__(self) -> None:
        self._reader = hiredis.Reader()
        self._replies: list[Any] = []
        self._wanted = 0
        self._answered: asyncio.Future[list[Any]] | None = None
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Connected."""
        self._transport = transport

    async def ask(self, packed: bytes, wanted: int) -> list[Any]:
        """Send commands and await as many replies; errors of single commands are among them."""
        if self._transport is None or self._transport.is_closing():
            raise ConnectionResetError
        self._replies, self._wanted = [], wanted
        self._answered = asyncio.get_running_loop().create_future()
        self._transport.write(packed)
        return await self._answered

    def data_received(self, data: bytes) -> None:
        """Collect replies."""
        self._reader.feed(data)
        answered = self._answered
        try:
            while (reply := self._reader.gets()) is not False:
                self._replies.append(reply)
        except hiredis.ProtocolError as error:
            self._fail(error)
            return
        if answered is None or len(self._replies) > self._wanted:
            self._fail(ConnectionAbortedError())
        elif len(self._replies) == self._wanted and not answered.done():
            answered.set_result(self._replies)

    def connection_lost(self, exc: Exception | None) -> None:
        """Whoever waits hears of it."""
        self._fail(exc if isinstance(exc, OSError) else ConnectionResetError())

    def close(self) -> None:
        """End the connection at once."""
        if self._transport is not None:
            self._transport.abort()

    def _fail(self, error: Exception) -> None:
        self.close()
        if self._answered is not None and not self._answered.done():
            self._answered.set_exception(error)

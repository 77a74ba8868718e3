"""uvicorn's HTTP protocol with what it lacks: deadlines for receiving, and limits on what comes before the body.

Every connection has one deadline at a time: for the head, for the body, for the next request. While a whole request
waits for its answer there is none; the application has its own. What is refused here is answered once, nothing that
follows on the connection is read, and nothing of it is logged.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from appliance.supervisor.connections import Connections

MAX_HEAD_BYTES = 16 * 1024
MAX_HEADERS = 100
MAX_TARGET_BYTES = 8 * 1024
_HEADER_EXTRA_BYTES = 4
"""Colon, space, end of line."""
_MAX_PIPELINED = 16
_VERSIONS = ("1.1", "1.0")
_RETRY_AFTER = b"retry-after: 5\r\n"


class _StopReadingError(Exception):
    """Ends the parser's work on what has come; `HttpProtocol._flaw` says why."""


class HttpProtocol(HttpToolsProtocol):
    """One connection."""

    def __init__(self, *arguments: Any, connections: Connections, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.watch = connections
        self.patience = connections.patience
        self.url = b""
        self._due = 0.0
        """The moment by which something must have come; 0: the client waits for us."""
        self._read_due = 0.0
        """The moment by which the client must have taken what it was sent; 0: it has."""
        self._is_fresh = True
        self._in_head = False
        self._receiving = False
        """A request has begun and is not complete."""
        self._head_bytes = 0
        self._unanswered = 0
        self._flaw = 0
        """Status of the refusal, once there is one."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A client is there; it has some time for its first request."""
        super().connection_made(transport)
        self._due = self.loop.time() + self.patience.head
        if not self.watch.add(self):
            self._refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        """The client is gone."""
        self.watch.remove(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Feed the parser in pieces as large as a head may be, so that a longer one is noticed before it is kept."""
        if len(data) <= MAX_HEAD_BYTES:
            self._feed(data)
            return
        for start in range(0, len(data), MAX_HEAD_BYTES):
            self._feed(data[start : start + MAX_HEAD_BYTES])

    def _feed(self, data: bytes) -> None:
        if self._flaw or self.transport.is_closing():
            return
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            if self._should_upgrade():
                self.watch.remove(self)
                self.handle_websocket_upgrade()
            self._flaw = 400  # what follows is no HTTP, or somebody else's
            return
        except httptools.HttpParserError:
            self._refuse(self._flaw or 400)
            return
        if self._in_head:
            self._head_bytes += len(data)
            if self._head_bytes >= MAX_HEAD_BYTES:
                self._refuse(431 if self.headers else 414)

    def on_message_begin(self) -> None:
        """The first byte of a request."""
        super().on_message_begin()
        self.begin_receiving()

    def begin_receiving(self) -> None:
        """From now on there is a head to wait for."""
        self._receiving = self._in_head = True
        self._head_bytes = 0
        if self._is_fresh:
            self._is_fresh = False
        else:
            self._due = self.loop.time() + self.patience.head

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep it. Not what stands behind a chunked body (RFC 9112 §7.1.2): it would count as one of the proxy's."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Head complete: refuse it, or let the application begin."""
        self.check_head()
        before = self.cycle
        super().on_headers_complete()
        self.head_is_complete()
        if self.cycle is not before:
            self._unanswered += 1

    def check_head(self) -> None:
        """Raise what ends the parser's work if the head is refused."""
        self._flaw = self._flaw_of_head()
        if self._flaw:
            raise _StopReadingError

    def head_is_complete(self) -> None:
        """From now on there is a body to wait for."""
        self._in_head = False
        self._due = self.loop.time() + self.patience.body

    def on_message_complete(self) -> None:
        """Request complete; the application is at work, or has answered already."""
        super().on_message_complete()
        self._receiving = False
        if self._unanswered:
            self._due = 0.0
            self.watch.ends_waiting(self)
        else:
            self._rest()

    def on_response_complete(self) -> None:
        """Answer complete: on to the next request of the pipeline, or wait for one."""
        self._unanswered -= 1
        self.server_state.total_requests += 1
        self.url = b""
        if self.transport.is_closing():
            return
        self.flow.resume_reading()
        if self.pipeline:
            self._start_asgi_task(*self.pipeline.pop())
        elif self._flaw:
            self.transport.close()
        elif not self._receiving:
            self._rest()

    def _rest(self) -> None:
        self._due = self.loop.time() + self.patience.idle
        self.watch.starts_waiting(self)

    def shutdown(self) -> None:
        """The server ends: what is not a whole request yet will be sent again elsewhere."""
        if self._unanswered and not self._receiving:
            self.cycle.keep_alive = False
            if self._read_due:
                self._read_due = self.loop.time() + self.patience.leaving
        else:
            self.drop()

    def pause_writing(self) -> None:
        """The client takes its answer slower than it is made."""
        self._read_due = self.loop.time() + self.patience.reading
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client took most of its answer."""
        self._read_due = 0.0
        super().resume_writing()

    def look(self, now: float) -> None:
        """Refuse or close when a deadline has passed; one that does not go is thrown out the next time."""
        if self._read_due and now >= self._read_due:
            self.drop()
        if not self._due or now < self._due:
            return
        if self._flaw or self.transport.is_closing():
            self.drop()
        elif self._receiving:
            self._refuse(408)
        else:
            self._due = now + self.patience.leaving
            self.transport.close()

    def drop(self) -> None:
        """Close at once."""
        self.transport.abort()

    def _flaw_of_head(self) -> int:
        """Status of what is wrong with the head; 0: nothing. Two servers must not read one request differently."""
        if len(self.url) > MAX_TARGET_BYTES:
            return 414
        headers = self.headers
        if len(headers) > MAX_HEADERS:
            return 431
        if self._head_bytes:
            size = sum(len(name) + len(value) + _HEADER_EXTRA_BYTES for name, value in headers)
            if size + len(self.url) > MAX_HEAD_BYTES:
                return 431
        version = self.parser.get_http_version()
        hosts = sum([name == b"host" for name, _ in headers])
        if version not in _VERSIONS or hosts > 1 or (hosts == 0 and version == "1.1"):
            return 400
        if version == "1.0" and any(name == b"transfer-encoding" for name, _ in headers):
            return 400
        return 503 if len(self.pipeline) >= _MAX_PIPELINED else 0

    def _refuse(self, status: int) -> None:
        """Answer, stop reading and wait a moment: closing on unread data could take the answer away from the client.

        Requests before this one are answered first, and then the connection is closed without a word.
        """
        self._flaw = status
        self._due = self.loop.time() + self.patience.leaving
        in_body = self._receiving and not self._in_head
        if self._unanswered > in_body:
            if in_body:
                self.pipeline.popleft()
                self._unanswered -= 1
            return
        if in_body and self.cycle.response_started:
            self.transport.close()
            return
        if in_body:
            self.cycle.disconnected = True
            self.cycle.message_event.set()
        self.watch.refusals[status] += 1
        self.transport.write(self._short_answer(status))
        self.transport.write_eof()

    def _short_answer(self, status: int) -> bytes:
        default = b"".join([b"%b: %b\r\n" % header for header in self.server_state.default_headers])
        return b"%b%b%bcontent-length: 0\r\nconnection: close\r\n\r\n" % (
            STATUS_LINE[status],
            default,
            _RETRY_AFTER if status == 503 else b"",
        )

"""The protocol of ingest: plain `POST /api/event` requests are taken without ASGI, everything else as ever.

Plain is HTTP/1.1 with a short Content-Length and no header twice, and nothing before it on the connection that waits
for an answer. Such a request needs no scope, no task and no coroutine; they cost as much as everything else that ingest
does to a hit. The answers and their order are those of the application; what follows a plain request too early waits
in uvicorn's queue.
"""

import time
from collections.abc import Callable
from typing import Any, Protocol

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from appliance.supervisor.http_protocol import MAX_HEADERS, HttpProtocol

_PATH, _METHOD = b"/api/event", b"POST"
_MAX_LENGTH_DIGITS = 5
MAX_BODY_BYTES = 64 * 1024


class Answer(Protocol):
    """`appliance.ingest.answers.Answer`."""

    @property
    def start(self) -> dict[str, Any]:
        """ASGI's message; the status is in it."""

    @property
    def rest(self) -> bytes:
        """Headers, an empty line and the body."""


class Events(Protocol):
    """`appliance.ingest.direct.DirectEvents`."""

    def take(
        self,
        fields: dict[bytes, bytes],
        client: tuple[str, int] | None,
        body: bytes,
        done: Callable[[Any], None],
    ) -> None:
        """Take a whole request; `done` gets its answer, at once or later."""


class _Signal:
    """Nobody waits for it."""

    def set(self) -> None:
        """Nothing to do."""


class _Plain:
    """Stands where uvicorn expects the request that is being answered."""

    __slots__ = ("body", "disconnected", "keep_alive", "message_event", "response_complete", "response_started")

    def __init__(self) -> None:
        self.message_event = _Signal()
        self.disconnected = self.response_started = False
        self.response_complete = True
        self.keep_alive = True
        self.body = b""


class EventProtocol(HttpProtocol):
    """One connection of ingest."""

    def __init__(
        self,
        *arguments: Any,
        events: Events,
        count: Callable[[int, float], None] = lambda _status, _seconds: None,
        **named: Any,
    ) -> None:
        """`count` hears of each plain request: status of its answer, and seconds from its last byte to the answer."""
        super().__init__(*arguments, **named)
        self._events = events
        self._count = count
        self._complete_at = 0.0
        self._fields: dict[bytes, bytes] = {}
        """Headers of the plain request that is being received."""
        self._plain = _Plain()
        self._is_plain = False
        """The request that is being received is a plain one."""
        self._default: Any = None
        self._default_lines = b""

    def on_message_begin(self) -> None:
        """The first byte of a request; its scope is made when it needs one."""
        self._is_plain = False
        self.url = b""
        self.headers = []
        self.begin_receiving()

    def on_header(self, name: bytes, value: bytes) -> None:
        """Keep it; see `HttpProtocol`."""
        if self._in_head:
            self.headers.append((name.lower(), value))

    def on_headers_complete(self) -> None:
        """Head complete: is the request a plain one?"""
        if self.url == _PATH and self._is_plain_head():
            self._is_plain = True
            self.head_is_complete()
            self._unanswered = 1
            plain = self._plain
            plain.keep_alive, plain.response_complete = True, False
            plain.body = b""
            self.cycle = plain  # type: ignore[assignment]
            return
        url, headers = self.url, self.headers
        HttpToolsProtocol.on_message_begin(self)
        self.url = url
        for name, value in headers:
            HttpToolsProtocol.on_header(self, name, value)
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body, in all at most as long as the head said."""
        if not self._is_plain:
            super().on_body(body)
        elif self._plain.body:
            self._plain.body += body
        else:
            self._plain.body = body

    def on_message_complete(self) -> None:
        """Request complete."""
        if not self._is_plain:
            super().on_message_complete()
            return
        self._complete_at = time.perf_counter()
        self._receiving = False
        self._due = 0.0
        self.watch.ends_waiting(self)
        fields, body = self._fields, self._plain.body
        self._fields, self._plain.body = {}, b""
        self._events.take(fields, self.client, body, self._answered)

    def _is_plain_head(self) -> bool:
        """Whether nothing is odd about the head. If so, its fields take the place of its headers."""
        parser, headers = self.parser, self.headers
        if self._unanswered or self._head_bytes or len(headers) > MAX_HEADERS or self.flow.write_paused:
            return False
        if parser.get_method() != _METHOD or parser.get_http_version() != "1.1":
            return False
        if parser.should_upgrade() or not parser.should_keep_alive():
            return False
        fields = dict(headers)
        length = fields.get(b"content-length", b"")
        if len(fields) != len(headers) or b"host" not in fields or b"expect" in fields:
            return False
        if len(length) > _MAX_LENGTH_DIGITS or not length.isdigit() or int(length) > MAX_BODY_BYTES:
            return False
        self.headers, self._fields = [], fields
        return True

    def _answered(self, answer: Answer) -> None:
        plain = self._plain
        self._count(answer.start["status"], time.perf_counter() - self._complete_at)
        if plain.disconnected or self.transport.is_closing():
            return
        default = self.server_state.default_headers
        if default is not self._default:
            self._default = default
            self._default_lines = b"".join([b"%b: %b\r\n" % header for header in default])
        close = b"" if plain.keep_alive else b"connection: close\r\n"
        status = STATUS_LINE[answer.start["status"]]
        self.transport.write(b"".join((status, self._default_lines, close, answer.rest)))
        plain.response_complete = True
        if not plain.keep_alive:
            self.transport.close()
        self.on_response_complete()

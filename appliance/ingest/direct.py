"""`POST /api/event` without ASGI: a whole request comes in, its answer goes to a callback when Redis has the event.

The server's protocol calls it for plain requests, which are nearly all; the rest goes through the application, with
the same result. What is personal is gone when `take` returns, whatever the answer waits for.
"""

from collections.abc import Callable
from datetime import date
from typing import Any, Protocol

from appliance.errors import ApplianceError, UnavailableError
from appliance.events import CleanEvent
from appliance.ingest import answers
from appliance.ingest.answers import Answer
from appliance.ingest.event_endpoint import Entry, EventEndpoint, Sorted
from appliance.ingest.failure import failed

Done = Callable[[Answer], None]


class Queue(Protocol):
    """`appliance.state.queue.EventQueue`."""

    def put(self, site: str, day: date, event: CleanEvent, done: Callable[[ApplianceError | None], None]) -> None:
        """Calls `done` once the event is durable, or with an error; raises UnavailableError."""


class DirectEvents:
    """Takes whole requests."""

    def __init__(self, endpoint: EventEndpoint, queue: Queue) -> None:
        self._endpoint = endpoint
        self._queue = queue

    def take(self, headers: list[tuple[bytes, bytes]], client: tuple[str, int] | None, body: bytes, done: Done) -> None:
        """Take one request; `done` is called once, at once or later.

        Args:
            headers: names in small letters. Emptied of everything personal.
            client: the other end of the socket.
            body: at most `body.MAX_BODY_BYTES`.
        """
        try:
            entry = self._endpoint.enter({"headers": headers, "client": client, "query_string": b""})
            hit = self._endpoint.read(entry, body) if isinstance(entry, Entry) else entry
            if isinstance(hit, Sorted):
                self._finish(hit, done)
                return
            answer = hit
        except Exception as error:
            answer = failed(error)
        done(answer)

    def _finish(self, hit: Sorted, done: Done) -> None:
        waiting = len(hit.events)
        if not waiting:
            done(self._endpoint.settle(hit))
            return
        is_lost = False

        def committed(error: Any) -> None:
            nonlocal waiting, is_lost
            waiting -= 1
            is_lost = is_lost or error is not None
            if not waiting:
                done(answers.UNAVAILABLE if is_lost else self._endpoint.settle(hit))

        for site, day, event in hit.events:
            try:
                self._queue.put(site, day, event, committed)
            except UnavailableError as error:
                committed(error)

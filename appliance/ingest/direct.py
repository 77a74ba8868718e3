"""`POST /api/event` without ASGI: a whole request comes in, its answer goes to a callback when Redis has the event.

The server's protocol calls it for plain requests, which are nearly all; the rest goes through the application, with
the same result. Requests that arrived in one turn of the event loop go through each stage together: that costs a fifth
less than one after the other, because code and tables stay in the processor's caches. What is personal ends in that
turn, before the wait for Redis begins.
"""

import asyncio
from collections.abc import Callable
from datetime import date
from typing import Any, NamedTuple, Protocol, TypeVar

from appliance.errors import ApplianceError, UnavailableError
from appliance.events import CleanEvent
from appliance.ingest import answers
from appliance.ingest.answers import Answer
from appliance.ingest.event_endpoint import Entry, EventEndpoint, Sorted
from appliance.ingest.failure import failed
from appliance.ingest.parsed_hit import ParsedHit

Done = Callable[[Answer], None]
_Result = TypeVar("_Result")


class Queue(Protocol):
    """`appliance.state.queue.EventQueue`."""

    def put(self, site: str, day: date, event: CleanEvent, done: Callable[[ApplianceError | None], None]) -> None:
        """Calls `done` once the event is durable, or with an error; raises UnavailableError."""


class _Request(NamedTuple):
    """A request as it came; held for the rest of a turn of the event loop."""

    fields: dict[bytes, bytes]
    client: tuple[str, int] | None
    body: bytes
    done: Done

    def __repr__(self) -> str:
        return "_Request(…)"


class DirectEvents:
    """Takes whole requests."""

    def __init__(self, endpoint: EventEndpoint, queue: Queue) -> None:
        self._endpoint = endpoint
        self._queue = queue
        self._arrived: list[_Request] = []

    def take(self, fields: dict[bytes, bytes], client: tuple[str, int] | None, body: bytes, done: Done) -> None:
        """Take one request; `done` is called once, later, inside the running loop.

        Args:
            fields: the headers, none of which came twice; names in small letters. They will be emptied.
            client: the other end of the socket.
            body: at most `body.MAX_BODY_BYTES`.
        """
        self._arrived.append(_Request(fields, client, body, done))
        if len(self._arrived) == 1:
            asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        """All stages; whoever has an answer early gets it. Nothing of the requests is left when it returns."""
        requests, self._arrived = self._arrived, []
        entered: list[tuple[Entry, bytes, Done]] = []
        for fields, client, body, done in requests:
            entry = _attempt(self._endpoint.enter_plain, fields, client)
            if isinstance(entry, Entry):
                entered.append((entry, body, done))
            else:
                done(entry)
        parsed: list[tuple[Entry, ParsedHit | Sorted, Done]] = []
        for entry, body, done in entered:
            hit = _attempt(self._endpoint.parse, entry, body)
            if isinstance(hit, Answer):
                done(hit)
            else:
                parsed.append((entry, hit, done))
        made_clean: list[tuple[Sorted, Done]] = []
        for entry, hit, done in parsed:
            events = _attempt(self._endpoint.sort, hit, entry.personal) if isinstance(hit, ParsedHit) else hit
            if isinstance(events, Answer):
                done(events)
            else:
                made_clean.append((events, done))
        for events, done in made_clean:
            answer = _attempt(self._queued, events, done)
            if answer is not None:
                done(answer)

    def _queued(self, hit: Sorted, done: Done) -> Answer | None:
        waiting = len(hit.events)
        if not waiting:
            return self._endpoint.settle(hit)
        is_lost = False

        def committed(error: ApplianceError | None) -> None:
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
        return None


def _attempt(stage: Callable[..., _Result], *arguments: Any) -> _Result | Answer:
    try:
        return stage(*arguments)
    except Exception as error:
        return failed(error)

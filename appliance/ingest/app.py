"""The ingest process's ASGI application: four routes, no framework on the hot path."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import PurePath
from types import TracebackType
from typing import Any, Protocol

from appliance.ingest import answers
from appliance.ingest.answers import Answer, Send
from appliance.ingest.body import Receive
from appliance.ingest.event_endpoint import EventEndpoint
from appliance.ingest.script import script_answer

_log = logging.getLogger(__name__)
_EVENT = "/api/event"
_SCRIPT = "/js/script.js"
_READERS = frozenset({"GET", "HEAD"})

App = Callable[[dict[str, Any], Receive, Send], Awaitable[None]]


class Background(Protocol):
    """Something with a task of its own: the queue, the outcome counter."""

    async def start(self) -> None:
        """Called when the application starts, inside its loop."""

    async def stop(self) -> None:
        """Called when it ends, after the last answer."""


def create_app(
    endpoint: EventEndpoint, ready: Callable[[], Awaitable[bool]], background: tuple[Background, ...] = ()
) -> App:
    """Make the application.

    Args:
        endpoint: takes the hits.
        ready: whether hits can be queued right now.
        background: started in this order, stopped in reverse order.
    """
    script = script_answer()

    async def health(path: str) -> Answer:
        return answers.LIVE if path == "/health/live" or await ready() else answers.NOT_READY

    async def route(scope: dict[str, Any], receive: Receive) -> Answer | None:
        path, method = scope["path"], scope["method"]
        if path == _EVENT:
            if method == "POST":
                return await endpoint.answer(scope, receive)
            return answers.PREFLIGHT if method == "OPTIONS" else answers.method_not_allowed(b"POST, OPTIONS")
        if path not in (_SCRIPT, "/health/live", "/health/ready"):
            return answers.NOT_FOUND
        if method not in _READERS:
            return answers.method_not_allowed(b"GET, HEAD")
        found = script if path == _SCRIPT else await health(path)
        return found if method == "GET" else found._replace(body=found.body | {"body": b""})

    async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _run_lifespan(receive, send, background)
            return
        if scope["type"] != "http":
            return
        try:
            answer = await route(scope, receive)
        except Exception as error:
            _log.error("request_failed", extra={"error": type(error).__name__, "at": _where(error.__traceback__)})
            answer = answers.FAILED
        if answer is not None:
            await answer.send(send)

    return app


def _where(traceback: TracebackType | None) -> str:
    """File and line of an error: all that may be logged of it, because values could be personal."""
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return ""
    return f"{PurePath(traceback.tb_frame.f_code.co_filename).name}:{traceback.tb_lineno}"


async def _run_lifespan(receive: Receive, send: Send, background: tuple[Background, ...]) -> None:
    await receive()
    try:
        for part in background:
            await part.start()
    except Exception as error:
        await send({"type": "lifespan.startup.failed", "message": type(error).__name__})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    for part in reversed(background):
        await part.stop()
    await send({"type": "lifespan.shutdown.complete"})

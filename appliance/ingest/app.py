"""The ingest process's ASGI application: a handful of routes, no framework on the hot path.

An ASGI scope comes in, one complete answer goes out. Whatever fails is answered 500 and logged as a type and a place,
never with a value, because values could be personal.
"""

import logging
from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from appliance.ingest import answers, opt_out
from appliance.ingest.answers import Answer, Send
from appliance.ingest.body import Receive
from appliance.ingest.boundary import strip
from appliance.ingest.event_endpoint import EventEndpoint
from appliance.ingest.failure import failed, where
from appliance.ingest.pixel import Pixel
from appliance.ingest.script import PREFIX, Scripts
from consent.signals import read_signals

_log = logging.getLogger(__name__)
_EVENT = "/api/event"
_PIXEL = "/pixel.gif"
_HEALTH = ("/health/live", "/health/ready")
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
    scripts = Scripts()
    pixel = Pixel(endpoint)

    async def health(path: str) -> Answer:
        return answers.LIVE if path == _HEALTH[0] or await ready() else answers.NOT_READY

    async def route(scope: dict[str, Any], receive: Receive) -> Answer | None:
        path, method = scope["path"], scope["method"]
        if path == _EVENT and method == "POST":
            return await endpoint.answer(scope, receive)
        if path == _PIXEL and method == "GET":
            return await pixel.answer(scope)
        if path == opt_out.PATH:
            return await opt_out.opt_out_answer(scope, receive)
        opted_out = path.startswith(PREFIX) and read_signals(scope["headers"]).opted_out
        strip(scope)
        if path == _EVENT:
            return answers.PREFLIGHT if method == "OPTIONS" else answers.method_not_allowed(b"POST, OPTIONS")
        if path == _PIXEL:
            return answers.method_not_allowed(b"GET")
        found = await health(path) if path in _HEALTH else scripts.find(path, opted_out=opted_out)
        if found is None:
            return answers.NOT_FOUND
        if method not in _READERS:
            return answers.method_not_allowed(b"GET, HEAD")
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
            answer = failed(error)
        if answer is not None:
            await answer.send(send)

    return app


async def _run_lifespan(receive: Receive, send: Send, background: tuple[Background, ...]) -> None:
    await receive()
    started: list[Background] = []
    try:
        for part in background:
            await part.start()
            started.append(part)
    except Exception as error:
        await _stop(started)
        await send({"type": "lifespan.startup.failed", "message": f"{type(error).__name__} at {where(error)}"})
        return
    await send({"type": "lifespan.startup.complete"})
    await receive()
    await _stop(started)
    await send({"type": "lifespan.shutdown.complete"})


async def _stop(parts: list[Background]) -> None:
    """In reverse order, each of them whatever happens to the others: the last counts hang on it."""
    for part in reversed(parts):
        try:
            await part.stop()
        except Exception as error:
            _log.error("stop_failed", extra={"error": type(error).__name__, "at": where(error)})

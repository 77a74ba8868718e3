"""uvicorn as every HTTP part runs it: our protocol, uvloop, no access log, no header of a proxy believed."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any, cast

import uvicorn

from appliance.supervisor.checks import bind
from appliance.supervisor.http_protocol import HttpProtocol
from appliance.supervisor.metrics.http import HttpMeasures

_BACKLOG = 2048


class _Quiet(uvicorn.Server):
    """Leaves signals to others."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Nothing to capture."""
        yield


class _Server(uvicorn.Server):
    """Ends normally at SIGTERM; uvicorn's own would raise the signal again after its clean end."""

    def __init__(self, config: uvicorn.Config, on_stop: Callable[[], None]) -> None:
        super().__init__(config)
        self._on_stop = on_stop

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop at SIGTERM and SIGINT."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._handle)
        yield

    def _handle(self, _number: int, _frame: FrameType | None) -> None:
        self.should_exit = True
        self._on_stop()


def serve(
    app: Any,
    key: str,
    address: str,
    *,
    listener: socket.socket | None = None,
    graceful_seconds: int = 4,
    websockets: bool = False,
    protocol: Callable[..., HttpProtocol] = HttpProtocol,
    on_stop: Callable[[], None] = lambda: None,
    measures: HttpMeasures | None = None,
) -> None:
    """Serve an ASGI application until SIGTERM.

    Args:
        key: name of the setting that holds the address, for the message when it is taken.
        listener: on that address, if there is one already.
        graceful_seconds: time that requests in flight have at the end.
        protocol: makes the protocol of a connection.
        on_stop: called in the signal handler.
        measures: what counts answers and connections; nobody looks at them without.

    Raises:
        StartError: the address cannot be listened on.
    """
    listener = listener or bind(key, address)
    configuration = _configuration(app, graceful_seconds, websockets, protocol, measures)
    _Server(configuration, on_stop).run(sockets=[listener])


@contextlib.asynccontextmanager
async def serving(app: Any, key: str, address: str) -> AsyncIterator[None]:
    """Serve inside a running event loop, until the block ends. Signals are left alone.

    Raises:
        StartError: see `serve`.
    """
    server = _Quiet(_configuration(app, graceful_seconds=1, websockets=False))
    task = asyncio.create_task(server.serve(sockets=[bind(key, address)]))
    try:
        yield
    finally:
        server.should_exit = True
        await task


def _configuration(
    app: Any,
    graceful_seconds: int,
    websockets: bool,
    protocol: Callable[..., HttpProtocol] = HttpProtocol,
    measures: HttpMeasures | None = None,
) -> uvicorn.Config:
    measures = measures or HttpMeasures()
    return uvicorn.Config(
        measures.measured(app),
        http=cast("type[HttpProtocol]", partial(protocol, connections=measures.connections)),  # uvicorn only calls it
        loop="uvloop",
        ws="auto" if websockets else "none",
        lifespan="on",
        access_log=False,
        log_config=None,
        server_header=False,
        proxy_headers=False,
        backlog=_BACKLOG,
        timeout_graceful_shutdown=graceful_seconds,
    )

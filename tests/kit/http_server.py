"""Serves an ASGI application with the appliance's own HTTP protocol, in a thread of the test, with as much patience as
the test has.
"""

import socket
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any, cast

import uvicorn

from appliance.supervisor.connections import Connections
from appliance.supervisor.http_protocol import HttpProtocol

App = Callable[[dict[str, Any], Callable[[], Awaitable[Any]], Callable[[Any], Awaitable[None]]], Awaitable[None]]


class _Announcing(uvicorn.Server):
    """Says when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serves = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        self.serves.set()


class HttpServer:
    """A running server."""

    def __init__(self, url: str, server: uvicorn.Server, thread: threading.Thread) -> None:
        self.url = url
        self.host = url.removeprefix("http://")
        self._server = server
        self._thread = thread

    def connections(self) -> int:
        """How many are open."""
        return len(self._server.server_state.connections)

    def cpu_seconds(self) -> float:
        """Processor time of the server's thread alone."""
        assert self._thread.ident is not None
        return time.clock_gettime(time.pthread_getcpuclockid(self._thread.ident))

    def ask_to_stop(self) -> None:
        """What SIGTERM does."""
        self._server.should_exit = True


@contextmanager
def http_server(
    app: App, connections: Connections, *, protocol: type[HttpProtocol] = HttpProtocol, graceful_seconds: int = 4
) -> Iterator[HttpServer]:
    """The server; stopped at the end of the block."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(2048)  # from here on connections wait for the server instead of failing
    config = uvicorn.Config(
        cast(Any, app),
        http=cast("type[HttpProtocol]", partial(protocol, connections=connections)),
        loop="uvloop",
        lifespan="off",
        log_config=None,
        access_log=False,
        ws="none",
        timeout_graceful_shutdown=graceful_seconds,
    )
    server = _Announcing(config)
    thread = threading.Thread(target=server.run, args=([listener],))
    thread.start()
    try:
        # Whoever takes away files must not take those of the loop that is being made.
        assert server.serves.wait(10)
        yield HttpServer(f"http://127.0.0.1:{listener.getsockname()[1]}", server, thread)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


async def echo_app(scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Any) -> None:
    """Answers with method, path and body."""
    body, more = b"", True
    while more:
        message = await receive()
        if message["type"] != "http.request":
            return
        body += message.get("body", b"")
        more = message.get("more_body", False)
    said = f"{scope['method']} {scope['path']} ".encode() + body
    headers = [(b"content-length", str(len(said)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": said})

"""One connection of our HTTP protocol, on a transport and a clock of the test's own."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from typing import Any

import uvicorn
from uvicorn.server import ServerState

from appliance.supervisor.connections import Connections, Patience
from appliance.supervisor.http_protocol import HttpProtocol
from tests.kit.http_server import App, echo_app

_TURNS = 40
"""Of the loop: enough for whatever is to happen."""
PATIENCE = Patience(head=10, body=20, idle=5, reading=30, leaving=1)
PEER = ("127.0.0.1", 5000)


class FakeTransport(asyncio.Transport):
    """Keeps what was written."""

    def __init__(self) -> None:
        super().__init__({"peername": PEER})
        self.written = b""
        self.is_open = True
        self.half_closed = self.aborted = False

    def write(self, data: Any) -> None:
        assert self.is_open
        self.written += bytes(data)

    def write_eof(self) -> None:
        self.half_closed = True

    def close(self) -> None:
        self.is_open = False

    def abort(self) -> None:
        self.is_open, self.aborted = False, True

    def is_closing(self) -> bool:
        return not self.is_open

    def pause_reading(self) -> None:
        pass

    def resume_reading(self) -> None:
        pass

    def statuses(self) -> list[int]:
        return [int(status) for status in re.findall(rb"HTTP/1\.1 (\d+) ", self.written)]


class FakeLoop:
    """The test's clock; tasks run in the loop of the test."""

    def __init__(self) -> None:
        self.now = 1000.0

    def time(self) -> float:
        return self.now

    def create_task(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        return asyncio.get_running_loop().create_task(work)


class StillConnections(Connections):
    """Looks at connections when the test does: the loop's clock is not the test's."""

    def _arm(self) -> None:
        pass


class Line:
    """One connection."""

    def __init__(
        self,
        connections: Connections | None = None,
        app: App = echo_app,
        protocol: Callable[..., HttpProtocol] = HttpProtocol,
    ) -> None:
        config = uvicorn.Config(app, lifespan="off", log_config=None, access_log=False, ws="none")  # type: ignore[arg-type]
        self.loop = FakeLoop()
        self.transport = FakeTransport()
        self.connections = connections or StillConnections(PATIENCE, 10)
        self.protocol = protocol(config, ServerState(), {}, self.loop, connections=self.connections)
        self.protocol.connection_made(self.transport)

    def feed(self, *parts: bytes) -> None:
        """What comes from the client."""
        for part in parts:
            self.protocol.data_received(part)

    async def send(self, *parts: bytes) -> None:
        """The same, and whatever follows from it."""
        self.feed(*parts)
        for _ in range(_TURNS):
            await asyncio.sleep(0)

    def wait(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.now += seconds
        self.protocol.look(self.loop.now)

    @property
    def statuses(self) -> list[int]:
        """Of all answers so far."""
        return self.transport.statuses()

    @property
    def is_open(self) -> bool:
        """Neither closed nor closing."""
        return self.transport.is_open and not self.transport.half_closed

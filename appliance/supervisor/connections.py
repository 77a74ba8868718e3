"""The open connections of one server: how long each may keep it waiting, and how many there may be.

uvicorn has no time-out for receiving a request. One timer looks at all connections, instead of one per request; when
there are too many, the one that has kept the server waiting longest goes, so that silent ones never shut others out.
"""

import asyncio
import resource
from collections import Counter
from typing import NamedTuple, Protocol

_MAX_CONNECTIONS = 4096
_SPARE_FILES = 64
"""Files that a process needs besides its connections: Redis, logs, tables; the libraries open some at times."""


class Patience(NamedTuple):
    """How long a connection may take for each thing, in seconds."""

    head: float = 10.0
    """From its first byte, for a fresh connection from the moment it was accepted."""
    body: float = 10.0
    idle: float = 10.0
    """Between an answer and the next request."""
    reading: float = 30.0
    """A client that does not take its answer."""
    leaving: float = 1.0
    """Between the last answer and the client's end of the connection."""


class Watched(Protocol):
    """One connection."""

    def look(self, now: float) -> None:
        """Act when a deadline has passed; called from time to time with the loop's clock."""

    def drop(self) -> None:
        """Close at once, without an answer."""


class Connections:
    """All connections of one server, and the one timer that looks at them."""

    def __init__(self, patience: Patience = Patience(), most: int | None = None) -> None:  # noqa: B008  immutable
        """`most` connections may be open; None: 4,096, or what the limit of open files allows."""
        self.patience = patience
        self.most = _allowed() if most is None else most
        self.refusals: Counter[int] = Counter()
        """Requests that were answered before any application saw them, by status."""
        self._open: set[Watched] = set()
        self._waiting: dict[Watched, None] = {}
        self._period = min(1.0, min(patience) / 4)
        self._timer: asyncio.TimerHandle | None = None

    @property
    def n_open(self) -> int:
        """How many are open."""
        return len(self._open)

    def add(self, one: Watched) -> bool:
        """Take in a fresh connection, if need be in place of another. False: all others are being served, close it."""
        if self._timer is None:
            self._arm()
        if len(self._open) >= self.most:
            longest = next(iter(self._waiting), None)
            if longest is None:
                return False
            self.remove(longest)
            longest.drop()
        self._open.add(one)
        self._waiting[one] = None
        return True

    def remove(self, one: Watched) -> None:
        """The connection is closed, or somebody else's."""
        self._open.discard(one)
        self._waiting.pop(one, None)

    def starts_waiting(self, one: Watched) -> None:
        """The server waits for a request of this connection from now on."""
        if one in self._open:
            self._waiting[one] = None

    def ends_waiting(self, one: Watched) -> None:
        """A whole request has come: until it is answered the client waits for the server."""
        self._waiting.pop(one, None)

    def _arm(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(self._period, self._look)

    def _look(self) -> None:
        self._timer = None
        now = asyncio.get_running_loop().time()
        for one in list(self._open):
            one.look(now)
        if self._open:
            self._arm()


def _allowed() -> int:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_CONNECTIONS + _SPARE_FILES
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return _MAX_CONNECTIONS if soft == resource.RLIM_INFINITY else max(1, min(_MAX_CONNECTIONS, soft - _SPARE_FILES))

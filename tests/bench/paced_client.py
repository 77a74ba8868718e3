"""Sends requests at a steady rate over a few connections and reads each answer: one thread that costs little itself.

Open loop: a request is due at its time whether or not earlier ones are answered, so that a server that cannot follow
is seen to fall behind instead of slowing its client.
"""

import select
import socket
import time
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import urlsplit

_READ_BYTES = 65_536
_NAP_SECONDS = 0.001
_ANSWER_SECONDS = 10.0
_TAKEN = b"HTTP/1.1 202 "
_DROPPED = b"x-drop-reason"


class Sent(NamedTuple):
    """What became of the requests."""

    taken: int
    refused: int
    """Answered otherwise than with success, or dropped for a reason."""
    per_second: float
    late_seconds: float
    """How far the client was behind its schedule at the end: the server did not answer fast enough."""


class PacedClient:
    """Keeps connections to one server; a context manager."""

    def __init__(self, url: str, connections: int) -> None:
        place = urlsplit(url)
        assert place.hostname is not None
        self._poll = select.epoll()
        self._lines: dict[int, socket.socket] = {}
        for _ in range(connections):
            line = socket.create_connection((place.hostname, place.port or 80))
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._lines[line.fileno()] = line
            self._poll.register(line, select.EPOLLIN)
        # In turn: the server closes connections that are idle for ten seconds.
        self._idle = deque(self._lines.values())

    def __enter__(self) -> "PacedClient":
        return self

    def __exit__(self, *_exception: object) -> None:
        for line in self._lines.values():
            line.close()
        self._poll.close()

    def run(self, requests: Iterator[bytes], rate: float, seconds: float) -> Sent:
        """Send at `rate` requests a second, `inf` for as fast as answers come, until the time or `requests` end."""
        started = now = time.monotonic()
        wanted = rate * seconds
        sent = taken = refused = 0
        while now < started + seconds:
            due = min(wanted, rate * (now - started)) if rate != float("inf") else float("inf")
            while sent < due and self._idle and (request := next(requests, None)) is not None:
                self._idle.popleft().sendall(request)
                sent += 1
            good, bad = self._read(_NAP_SECONDS)
            taken, refused = taken + good, refused + bad
            now = time.monotonic()
            if rate == float("inf") and not good and len(self._idle) == len(self._lines):
                break
        late = max(0.0, (wanted - sent) / rate) if rate != float("inf") else 0.0
        deadline = now + _ANSWER_SECONDS
        while len(self._idle) < len(self._lines):
            good, bad = self._read(_NAP_SECONDS)
            taken, refused = taken + good, refused + bad
            assert time.monotonic() < deadline, f"an answer took more than {_ANSWER_SECONDS} s"
        return Sent(taken, refused, sent / (now - started), late)

    def _read(self, wait: float) -> tuple[int, int]:
        """Take the answers that are there; they are short, so that each comes in one piece."""
        taken = refused = 0
        for descriptor, _ in self._poll.poll(wait):
            line = self._lines[descriptor]
            answer = line.recv(_READ_BYTES)
            assert answer, "the server closed a connection"
            if answer.startswith(_TAKEN) and _DROPPED not in answer:
                taken += 1
            else:
                refused += 1
            self._idle.append(line)
        return taken, refused

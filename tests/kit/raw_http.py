"""HTTP over a bare socket: whatever bytes a test wants, and what the server says until it closes or falls silent."""

import socket
from typing import NamedTuple
from urllib.parse import urlsplit

_SILENT_SECONDS = 5.0
_CHUNK = 65_536


class Answer(NamedTuple):
    """One answer of the server."""

    status: int
    headers: dict[str, str]
    body: bytes


class Exchange(NamedTuple):
    """Everything that came back over one connection."""

    answers: list[Answer]
    is_closed: bool
    """The server closed the connection, or reset it; seen only when one reads to the end."""

    @property
    def statuses(self) -> list[int]:
        """Status of each answer, in their order."""
        return [answer.status for answer in self.answers]


def connect(url: str, seconds: float = _SILENT_SECONDS) -> socket.socket:
    """A connection to the server of a base address."""
    parts = urlsplit(url)
    assert parts.hostname
    assert parts.port
    return socket.create_connection((parts.hostname, parts.port), timeout=seconds)


def exchange(
    url: str, *parts: bytes, answers: int = 1, to_the_end: bool = False, seconds: float = _SILENT_SECONDS
) -> Exchange:
    """Send some bytes over one connection and read what comes back.

    Args:
        answers: how many to wait for, at most `seconds` long.
        to_the_end: go on reading until the server closes.
    """
    with connect(url, seconds) as connection:
        try:
            for part in parts:
                connection.sendall(part)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has said what it wants to say
        return _read(connection, 1 << 30 if to_the_end else answers, has_body=not parts[0].startswith(b"HEAD "))


def post(host: str, body: bytes, *headers: str, path: str = "/api/event") -> bytes:
    """A whole request with a length."""
    return request("POST", path, f"Host: {host}", f"Content-Length: {len(body)}", *headers) + body


def request(method: str, path: str, *headers: str, version: str = "HTTP/1.1") -> bytes:
    """Head of a request; every character stands for one byte."""
    return "\r\n".join((f"{method} {path} {version}", *headers, "", "")).encode("latin-1")


def _read(connection: socket.socket, wanted: int, *, has_body: bool) -> Exchange:
    found: list[Answer] = []
    raw = b""
    while True:
        try:
            received = connection.recv(_CHUNK)
        except TimeoutError:
            return Exchange(found, False)
        except ConnectionResetError:
            received = b""
        raw += received
        while (parsed := _parse(raw, has_body, not received)) is not None:
            answer, raw = parsed
            found.append(answer)
        if not received:
            return Exchange(found, True)
        if len(found) >= wanted:
            return Exchange(found, False)


def _parse(raw: bytes, has_body: bool, is_end: bool) -> tuple[Answer, bytes] | None:
    head, separator, rest = raw.partition(b"\r\n\r\n")
    if not separator:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    status = int(first.split(" ")[1])
    if status < 200 or not has_body:
        return Answer(status, headers, b""), rest
    length = int(headers.get("content-length", len(rest) if is_end else -1))
    if length < 0 or len(rest) < length:
        return None
    return Answer(status, headers, rest[:length]), rest[length:]

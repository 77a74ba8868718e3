"""Reads a request body, counted while it streams, so that nobody makes the process hold more than the limit."""

from collections.abc import Awaitable, Callable
from typing import Any

MAX_BODY_BYTES = 64 * 1024

Receive = Callable[[], Awaitable[Any]]


class BodyTooLargeError(Exception):
    """The body is longer than 64 KiB; the rest was not read."""


class ClientGoneError(Exception):
    """The client went away before the body was complete."""


async def read_body(receive: Receive, declared_bytes: int | None) -> bytes:
    """The whole body.

    Args:
        declared_bytes: the Content-Length, if the client sent one; too long a body is refused unread.

    Raises:
        BodyTooLargeError, ClientGoneError
    """
    if declared_bytes is not None and declared_bytes > MAX_BODY_BYTES:
        raise BodyTooLargeError
    message = await receive()
    if message["type"] != "http.request":
        raise ClientGoneError
    body: bytes = message.get("body", b"")
    if not message.get("more_body", False):
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLargeError
        return body
    chunks = [body]
    size = len(body)
    while message.get("more_body", False):
        if size > MAX_BODY_BYTES:
            raise BodyTooLargeError
        message = await receive()
        if message["type"] != "http.request":
            raise ClientGoneError
        chunks.append(message.get("body", b""))
        size += len(chunks[-1])
    if size > MAX_BODY_BYTES:
        raise BodyTooLargeError
    return b"".join(chunks)

"""The answers of ingest, made once: status, headers, body.

No answer sets a cookie, carries a validator (`ETag`, `Last-Modified`) or repeats anything that the request said. Hits
refused on purpose get the success answer of the protocol, so that no tracker keeps and re-sends them.
"""

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any, NamedTuple

import msgspec

from appliance.outcomes import Outcome

Send = Callable[[Any], Awaitable[None]]
Header = tuple[bytes, bytes]

_CORS: tuple[Header, ...] = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)
_COMMON: tuple[Header, ...] = (
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
)
_RETRY_SECONDS = b"5"


class Answer(NamedTuple):
    """A complete answer."""

    start: dict[str, Any]
    body: dict[str, Any]
    rest: bytes
    """Headers and body as they are sent behind the status line and the server's own headers."""

    async def send(self, send: Send) -> None:
        """Send it."""
        await send(self.start)
        await send(self.body)


def answer(
    status: int, body: bytes = b"", content_type: bytes = b"text/plain; charset=utf-8", headers: tuple[Header, ...] = ()
) -> Answer:
    """Make an answer with the headers that all of them have."""
    length = (b"content-length", str(len(body)).encode())
    start: dict[str, Any] = {
        "type": "http.response.start",
        "status": status,
        "headers": [(b"content-type", content_type), length, *_COMMON, *headers],
    }
    rest = b"".join([b"%b: %b\r\n" % header for header in start["headers"]]) + b"\r\n" + body
    return Answer(start, {"type": "http.response.body", "body": body}, rest)


@cache
def taken(reason: Outcome | None, dropped: int) -> Answer:
    """The success answer.

    Args:
        reason: why the hit is counted for none of its sites; None if it is counted for one at least.
        dropped: for how many of its sites it is not counted.
    """
    headers = _CORS
    if reason is not None:
        headers = (*headers, (b"x-drop-reason", reason.value.encode()))
    if dropped:
        headers = (*headers, (b"x-plausible-dropped", str(dropped).encode()))
    return answer(202, b"ok", headers=headers)


ACCEPTED = taken(None, 0)

PREFLIGHT = answer(
    204,
    headers=(
        *_CORS,
        (b"access-control-allow-methods", b"POST, OPTIONS"),
        (b"access-control-allow-headers", b"content-type"),
        (b"access-control-max-age", b"86400"),
    ),
)
NOT_FOUND = answer(404, b"not found")
FAILED = answer(500, b"internal error", headers=_CORS)
UNAVAILABLE = answer(503, b"try again", headers=(*_CORS, (b"retry-after", _RETRY_SECONDS)))
LIVE = answer(200, b"ok")
NOT_READY = answer(503, b"not ready")


def _refused(status: int, outcome: Outcome, reason: str, *more: Header) -> Answer:
    body = msgspec.json.encode({"errors": {"request": [reason]}})
    headers = (*_CORS, (b"x-drop-reason", outcome.value.encode()), *more)
    return answer(status, body, b"application/json", headers)


TOO_LARGE = _refused(413, Outcome.TOO_LARGE, "the body must have at most 65536 bytes")
RATE_LIMITED = _refused(429, Outcome.RATE_LIMITED, "too many hits", (b"retry-after", _RETRY_SECONDS))
"""Only for hits with an event id: the sender tries again, and a hit that was taken after all counts once."""
UNSUPPORTED = _refused(415, Outcome.UNSUPPORTED, "the body must not be compressed")


def invalid(errors: dict[str, list[str]]) -> Answer:
    """400 with the reasons by field."""
    body = msgspec.json.encode({"errors": errors})
    headers = (*_CORS, (b"x-drop-reason", Outcome.INVALID.value.encode()))
    return answer(400, body, b"application/json", headers)


def method_not_allowed(allowed: bytes) -> Answer:
    """405 that says what is allowed."""
    return answer(405, b"method not allowed", headers=((b"allow", allowed),))

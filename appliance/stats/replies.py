"""Answers of the stats API as HTTP sends them: JSON or CSV with headers that keep them out of caches, and refusals."""

import logging
from collections.abc import Callable, Mapping
from typing import Any

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from appliance.errors import QueryError, UnavailableError
from appliance.stats.contract import Meta, Refusal
from appliance.stats.csv_answers import CONTENT_TYPE, META_HEADER, meta_header, wants_csv

HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_MAX_BODY_BYTES = 64 * 1024
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class HttpRefusal(Exception):  # noqa: N818  an answer, not a fault
    """Ends a request with a status and a sentence."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or {}


def as_json(content: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A body of JSON."""
    return Response(_encode(content), status, HEADERS | dict(headers or {}), "application/json")


def as_liked(request: Request, content: object, meta: Meta, table: Callable[[], bytes]) -> Response:
    """JSON, or for those who like it better the table, with `meta` in a header."""
    if not wants_csv(",".join(request.headers.getlist("accept"))):
        return as_json(content)
    return Response(table(), 200, HEADERS | {META_HEADER: meta_header(meta)}, CONTENT_TYPE)


async def body_of(request: Request) -> bytes:
    """The body, of at most 64 KiB; raises HttpRefusal."""
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY_BYTES:
                raise HttpRefusal(413, f"the body must have at most {_MAX_BODY_BYTES} bytes")
    except ClientDisconnect:
        raise HttpRefusal(400, "the body is not complete") from None
    return bytes(body)


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HttpRefusal)  # noqa: S101  Starlette looks handlers up by type
    return as_json(Refusal(error.reason), error.status, error.headers)


async def _bad_question(request: Request, error: Exception) -> Response:
    return as_json(Refusal(str(error)), 400)


async def _unavailable(request: Request, error: Exception) -> Response:
    return as_json(Refusal(f"the numbers cannot be read just now: {error}"), 503, {"retry-after": "2"})


async def _no_such_path(request: Request, error: Exception) -> Response:
    return as_json(Refusal("there is no such path"), 404)


async def _wrong_method(request: Request, error: Exception) -> Response:
    return as_json(Refusal("this path does not take this method"), 405, getattr(error, "headers", None))


async def _failed(request: Request, error: Exception) -> Response:
    _log.error("request_failed", extra={"error": type(error).__name__})
    return as_json(Refusal("internal error"), 500)


REFUSALS: dict[Any, Callable[[Request, Exception], Any]] = {
    HttpRefusal: _refused,
    QueryError: _bad_question,
    UnavailableError: _unavailable,
    404: _no_such_path,
    405: _wrong_method,
    500: _failed,
}
"""Starlette's handlers: what each error answers."""

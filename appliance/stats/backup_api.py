"""How `appliance backup` reaches a running warehouse: one path beside the stats API, with a key of its own.

The embedded engine belongs to one process, so that process reads it; whoever asked writes the files.
"""

import contextlib
import hmac
from collections.abc import AsyncIterator, Callable, Generator

import anyio
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route

from appliance.errors import ApplianceError

BACKUP_PATH = "/api/v1/backup"
_HEADERS = {"cache-control": "no-store"}


def backup_route(take: Callable[[], Generator[bytes, None, None]], key: str) -> Route:
    """The path. It answers only the holder of `key`, a file that the operator alone can read.

    Args:
        take: begins a backup, which may be broken off where it gives no bytes. Raises ApplianceError before its first
            bytes, or later, which cuts the answer off.
    """

    async def answer(request: Request) -> Response:
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        if not hmac.compare_digest(given.encode("utf-8", "surrogateescape"), key.encode()):
            return PlainTextResponse("this needs the key of backups", 401, _HEADERS)
        archive = take()
        try:
            first = await anyio.to_thread.run_sync(next, archive)
        except ApplianceError as error:
            return PlainTextResponse(str(error), 503, _HEADERS)
        return StreamingResponse(_stream(first, archive), 200, _HEADERS, "application/x-tar")

    return Route(BACKUP_PATH, answer, methods=["POST"])


async def _stream(first: bytes, archive: Generator[bytes, None, None]) -> AsyncIterator[bytes]:
    with contextlib.closing(archive):
        yield first
        while (chunk := await anyio.to_thread.run_sync(next, archive, None)) is not None:
            if chunk:
                yield chunk

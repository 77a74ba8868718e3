"""Serves the files of the page from memory, compressed once.

A page that is opened with an empty cache asks for 110 of them, 3.5 MB. Starlette opens each in a thread for each
request, and Streamlit leaves its own uncompressed, because otherwise each request would compress them anew.
"""

import asyncio
from pathlib import Path

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import PlainTextResponse
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_CACHED = "public, immutable, max-age=31536000"
_ASKS_FOR_LESS = ("if-none-match", "if-modified-since", "range")


class FrontendFiles:
    """The files of one directory, and 404 for anything else. They must not change while the process runs.

    Args:
        directory: what it holds is served, and kept in memory once it was asked for.
        prefix: where it lies, `/` at both ends; must change whenever a file does, as browsers do not ask again.
    """

    def __init__(self, directory: Path, prefix: str) -> None:
        self._app: ASGIApp = GZipMiddleware(StaticFiles(directory=directory))
        self._prefix = prefix
        # Other spellings of a name, such as "./a.js", would each be kept anew.
        self._names = {file.relative_to(directory).as_posix() for file in directory.rglob("*") if file.is_file()}
        self._kept: dict[tuple[str, bool], tuple[Message, Message]] = {}

    def has(self, path: str) -> bool:
        """Whether the path of a request lies below the prefix."""
        return path.startswith(self._prefix)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request below the prefix."""
        asked = Headers(scope=scope)
        path = scope["path"].removeprefix(self._prefix)
        if path not in self._names:
            await PlainTextResponse("There is no such file.\n", 404)(scope, receive, send)
            return
        inner = {**scope, "path": f"/{path}", "root_path": ""}
        if scope["method"] != "GET" or any(name in asked for name in _ASKS_FOR_LESS):
            await self._serve(inner, receive, send)
            return
        key = path, "gzip" in asked.get("accept-encoding", "")
        start, body = self._kept.get(key) or await self._whole(inner)
        if start["status"] == 200:
            self._kept[key] = start, body
        await send({**start, "headers": list(start["headers"])})  # what stands around this adds headers of its own
        await send(body)

    async def _whole(self, scope: Scope) -> tuple[Message, Message]:
        """Start and body, also if the browser goes away meanwhile: the next one gets them."""
        start: Message = {}
        pieces: list[bytes] = []

        async def collect(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            else:
                pieces.append(message["body"])

        await self._serve(scope, _stays, collect)
        body = b"".join(pieces)
        MutableHeaders(scope=start)["Content-Length"] = str(len(body))
        return start, {"type": "http.response.body", "body": body}

    async def _serve(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_cached(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = _CACHED
            await send(message)

        await self._app(scope, receive, send_cached)


async def _stays() -> Message:
    """A browser that never goes away."""
    await asyncio.Event().wait()
    raise AssertionError

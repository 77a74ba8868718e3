"""Only the routes that the page needs are reachable."""

import asyncio
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from dashboard.middleware.routes import StreamlitRoutes


async def _answer(scope: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "passed on"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()  # the browser stays

    await StreamlitRoutes(inner, lambda base: f"<p>our page at {base}</p>", {"/", "/live"})(
        {"headers": [], **scope}, receive, send
    )
    return sent


@pytest.mark.parametrize(
    "path", ["/static/js/index.DormvYxC.js", "/static/css/x.css", "/static/media/a-b_c.woff2", "/_stcore/health"]
)
async def test_what_the_page_loads_passes(path: str) -> None:
    assert await _answer({"type": "http", "method": "GET", "path": path}) == [{"type": "passed on"}]


async def test_our_own_element_is_served_by_us() -> None:
    start, *_ = await _answer(
        {"type": "http", "method": "GET", "path": "/_stcore/bidi-components/elements/elements.js"}
    )
    assert start["status"] == 200
    assert b"javascript" in dict(start["headers"])[b"content-type"]


@pytest.mark.parametrize("file", ["../elements.css", "%2e%2e/elements.css", "", "nothing.js"])
async def test_nothing_else_lies_beside_our_element(file: str) -> None:
    with pytest.raises(HTTPException):
        await _answer({"type": "http", "method": "GET", "path": f"/_stcore/bidi-components/elements/{file}"})


@pytest.mark.parametrize("path", ["/", "/live"])
async def test_the_pages_are_ours_and_not_stored(path: str) -> None:
    start, body = await _answer({"type": "http", "method": "GET", "path": path})
    assert dict(start["headers"])[b"cache-control"] == b"no-store"
    assert body["body"] == b"<p>our page at /</p>"
    _, body = await _answer({"type": "http", "method": "GET", "path": path, "base": "/share/x/"})
    assert body["body"] == b"<p>our page at /share/x/</p>"


@pytest.mark.parametrize(
    "path",
    [
        "/_stcore/upload_file/a/b",
        "/_stcore/metrics",
        "/_stcore/script-health-check",
        "/_stcore/agent/mcp",
        "/_stcore/agent/openapi.json",
        "/_stcore/bidi-components/x",
        "/_stcore/stream",
        "/media/x",
        "/component/x",
        "/app/static/x",
        "/auth/login",
        "/oauth2callback",
        "/favicon.png",
        "/manifest.json",
        "/static/js/../../../etc/passwd",
        "/static/js/a/b.js",
        "/live/",
        "/live/_stcore/health",
        "/any/other/page",
        "//evil.example",
    ],
)
async def test_everything_else_is_404(path: str) -> None:
    assert (await _answer({"type": "http", "method": "GET", "path": path}))[0]["status"] == 404


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"])
async def test_nothing_can_be_written(method: str) -> None:
    assert (await _answer({"type": "http", "method": method, "path": "/"}))[0]["status"] == 405


async def test_there_is_one_socket() -> None:
    assert await _answer({"type": "websocket", "path": "/_stcore/stream"}) == [{"type": "passed on"}]
    assert (await _answer({"type": "websocket", "path": "/other"}))[0]["type"] == "websocket.close"

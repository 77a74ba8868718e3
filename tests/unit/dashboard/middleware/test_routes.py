"""Only the routes that the page needs are reachable."""

import asyncio
import re
from typing import Any

import pytest

from dashboard import element, shell
from dashboard.asset_addresses import PREFIX, VERSION
from dashboard.middleware.routes import StreamlitRoutes


async def _answer(scope: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "passed on"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        await asyncio.Event().wait()  # the browser stays

    routes = StreamlitRoutes(inner, lambda base: f"<p>our page at {base}</p>", {"/", "/live"}, shell.STREAMLIT_FILES)
    await routes({"headers": [], **scope}, receive, send)
    return sent


@pytest.mark.parametrize("path", ["/_stcore/health", "/_stcore/host-config"])
async def test_what_the_page_asks_of_streamlit_passes(path: str) -> None:
    assert await _answer({"type": "http", "method": "GET", "path": path}) == [{"type": "passed on"}]


def _scripts() -> list[str]:
    linked = re.findall(r'(?:href|src)="([^"]+\.js)"', shell.page())
    return [path for path in linked if not path.startswith(PREFIX)]


async def test_scripts_of_the_page_are_there() -> None:
    assert len(_scripts()) > 50
    for path in _scripts():
        start, *_ = await _answer({"type": "http", "method": "GET", "path": path})
        assert start["status"] == 200, path
        assert b"javascript" in dict(start["headers"])[b"content-type"]


def test_streamlit_asks_for_our_element_where_the_page_has_loaded_it() -> None:
    assert f"{element.PREFIX}elements.js" in _scripts()
    assert f"/_stcore/bidi-components/elements/{VERSION}/" == element.PREFIX


@pytest.mark.parametrize("file", ["../elements.css", "%2e%2e/elements.css", "", "nothing.js"])
async def test_nothing_else_lies_beside_our_element(file: str) -> None:
    start, *_ = await _answer({"type": "http", "method": "GET", "path": f"{element.PREFIX}{file}"})
    assert start["status"] == 404


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
        "/_stcore/bidi-components/elements/elements.js",
        "/static/js/index.000000000000.js",
        "/static/index.html",
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

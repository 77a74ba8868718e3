"""Requests of other sites' pages are refused, whatever host name we have."""

from typing import Any

import pytest
from starlette.datastructures import Headers

from dashboard.middleware.origin import OriginCheck, same_origin


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://127.0.0.1:8501", "127.0.0.1:8501"),
        ("http://stats.example", "stats.example"),
        ("https://stats.example", "stats.example"),
        ("https://stats.example", "stats.example:443"),
        ("http://stats.example:80", "stats.example"),
        ("https://STATS.example", "stats.EXAMPLE"),
        ("http://[::1]:8501", "[::1]:8501"),
    ],
)
def test_the_same_host_and_port_are_accepted(origin: str, host: str) -> None:
    assert same_origin(Headers({"origin": origin, "host": host}))


@pytest.mark.parametrize(
    ("origin", "host"),
    [
        ("http://evil.example", "stats.example"),
        ("http://stats.example:8080", "stats.example"),
        ("http://stats.example.evil.example", "stats.example"),
        ("http://stats.example@evil.example", "stats.example"),
        ("http://evil.example/stats.example", "stats.example"),
        ("http://stats.example/", "stats.example"),
        ("null", "stats.example"),
        ("null", "null"),
        ("", ""),
        ("file://", ""),
        ("stats.example", "stats.example"),
        ("ws://stats.example", "stats.example"),
        ("http://stats.example:99999", "stats.example:99999"),
        ("http://[", "["),
        ("http://stats.example", "stats.example/x"),
    ],
)
def test_anything_else_is_not(origin: str, host: str) -> None:
    assert not same_origin(Headers({"origin": origin, "host": host}))


@pytest.mark.parametrize(
    "headers",
    [
        [(b"host", b"stats.example")],
        [(b"origin", b"http://stats.example")],
        [(b"host", b"stats.example"), (b"origin", b"http://stats.example"), (b"origin", b"http://evil.example")],
        [(b"host", b"stats.example"), (b"host", b"evil.example"), (b"origin", b"http://stats.example")],
    ],
)
def test_missing_and_doubled_headers_are_not_the_same_origin(headers: list[tuple[bytes, bytes]]) -> None:
    assert not same_origin(Headers(raw=headers))


async def _answer(scope: dict[str, Any]) -> list[dict[str, Any]]:
    sent: list[dict[str, Any]] = []

    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "passed on"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    headers = [(b"host", b"stats.example"), (b"origin", b"http://evil.example")]
    await OriginCheck(inner)({"path": "/", "headers": headers, **scope}, receive, send)
    return sent


async def test_a_foreign_websocket_is_closed() -> None:
    (message,) = await _answer({"type": "websocket"})
    assert (message["type"], message["code"]) == ("websocket.close", 1008)


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
async def test_a_foreign_write_gets_403(method: str) -> None:
    start, _ = await _answer({"type": "http", "method": method})
    assert start["status"] == 403


@pytest.mark.parametrize("scope", [{"type": "http", "method": "GET"}, {"type": "lifespan"}])
async def test_reading_and_starting_pass(scope: dict[str, Any]) -> None:
    assert await _answer(scope) == [{"type": "passed on"}]

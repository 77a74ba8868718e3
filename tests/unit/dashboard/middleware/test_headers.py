"""Every HTTP response carries the security headers."""

from typing import Any

import httpx
import pytest
from starlette.responses import PlainTextResponse

from dashboard.middleware.headers import CONTENT_SECURITY_POLICY, SECURITY_HEADERS, SecurityHeaders


async def test_a_response_gets_the_headers_and_loses_what_opens_it() -> None:
    inner = PlainTextResponse(
        "x", headers={"Access-Control-Allow-Origin": "*", "Server": "x", "X-Frame-Options": "ALLOWALL"}
    )
    transport = httpx.ASGITransport(app=SecurityHeaders(inner))
    async with httpx.AsyncClient(transport=transport, base_url="http://stats.example") as client:
        headers = (await client.get("/")).headers
    assert {name: headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
    assert "access-control-allow-origin" not in headers
    assert "server" not in headers


def test_the_policy_names_no_other_host_and_allows_nothing_inline() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert "http" not in CONTENT_SECURITY_POLICY
    assert "*" not in CONTENT_SECURITY_POLICY


@pytest.mark.parametrize(
    ("path", "framed"), [("/embed/x/", True), ("/embed", False), ("/share/x/", False), ("/", False)]
)
@pytest.mark.parametrize("origins", [(), ("https://www.example.org", "https://example.net")])
async def test_only_what_lies_below_embed_may_be_framed_and_by_configured_origins_only(
    path: str, origins: tuple[str, ...], *, framed: bool
) -> None:
    sent: list[Any] = []

    async def app(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {}

    await SecurityHeaders(app, origins)({"type": "http", "path": path}, receive, send)
    headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    ancestors = headers["content-security-policy"].rpartition("frame-ancestors ")[2]
    allowed = framed and origins
    assert ancestors == (" ".join(origins) if allowed else "'none'")
    assert ("x-frame-options" in headers) == (not allowed)

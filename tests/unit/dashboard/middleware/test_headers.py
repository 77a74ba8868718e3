"""Every HTTP response carries the security headers."""

import httpx
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

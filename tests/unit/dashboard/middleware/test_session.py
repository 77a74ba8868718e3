"""Without a valid session there is no Streamlit: no page, no file, no socket."""

from typing import Any

import pytest

from dashboard.login.sessions import COOKIE_NAME, Sessions
from dashboard.middleware.session import SessionGate
from dashboard.options import DashboardUser
from dashboard.records import Records

ANNA = DashboardUser("anna", "$argon2id$anna")
SESSIONS = Sessions(Records(), (ANNA,), 3600, 3600, lambda: 1000.0)


async def _answer(scope: dict[str, Any], token: str = "") -> dict[str, Any]:
    sent: list[dict[str, Any]] = []

    async def inner(_scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "passed on"})

    async def send(message: Any) -> None:
        sent.append(message)

    async def receive() -> Any:
        return {"type": "http.request"}

    headers = [(b"cookie", f"{COOKIE_NAME}={token}".encode())] if token else []
    await SessionGate(inner, SESSIONS, {"/", "/live"})(
        {"headers": headers, "query_string": b"", **scope}, receive, send
    )
    return sent[0]


@pytest.mark.parametrize("token", ["", "forged.token"])
async def test_a_socket_without_session_is_closed(token: str) -> None:
    message = await _answer({"type": "websocket", "path": "/_stcore/stream"}, token)
    assert (message["type"], message["code"]) == ("websocket.close", 1008)


@pytest.mark.parametrize("path", ["/static/js/index.js", "/_stcore/health", "/_stcore/host-config", "/media/x"])
async def test_a_file_without_session_is_401(path: str) -> None:
    assert (await _answer({"type": "http", "method": "GET", "path": path}))["status"] == 401


@pytest.mark.parametrize(
    ("path", "query", "location"),
    [
        ("/", b"", b"/login"),
        ("/", b"site=a.example&period=Today", b"/login?next=%2F%3Fsite%3Da.example%26period%3DToday"),
        ("/live", b"", b"/login?next=%2Flive"),
        ("/live", b"site=a.example", b"/login?next=%2Flive%3Fsite%3Da.example"),
    ],
)
async def test_a_page_without_session_leads_to_the_form_and_back(path: str, query: bytes, location: bytes) -> None:
    message = await _answer({"type": "http", "method": "GET", "path": path, "query_string": query})
    assert message["status"] == 303
    assert dict(message["headers"])[b"location"] == location


@pytest.mark.parametrize(
    "scope",
    [{"type": "http", "method": "GET", "path": "/"}, {"type": "websocket", "path": "/_stcore/stream"}],
)
async def test_a_session_passes(scope: dict[str, Any]) -> None:
    assert await _answer(scope, SESSIONS.issue(ANNA)) == {"type": "passed on"}


async def test_starting_and_stopping_pass() -> None:
    assert await _answer({"type": "lifespan"}) == {"type": "passed on"}

"""Lets nobody through to Streamlit who is not logged in: no page, no file, no WebSocket.

A page request is sent to the login form and comes back afterwards; anything else gets a 401. The page's
script verifies the same cookie once more on each run, see `dashboard.login.sessions`.
"""

from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.login.sessions import COOKIE_NAME, Sessions

_POLICY_VIOLATION = 1008


class SessionGate:
    """Passes on only what carries a valid session cookie."""

    def __init__(self, app: ASGIApp, sessions: Sessions) -> None:
        self._app = app
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, or send to the login form."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        token = HTTPConnection(scope).cookies.get(COOKIE_NAME, "")
        if self._sessions.read(token) is not None:
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "login"})
        else:
            await _refusal(scope)(scope, receive, send)


def _refusal(scope: Scope) -> Response:
    if scope["path"] != "/":
        return PlainTextResponse("Log in first.\n", status_code=401)
    query = scope.get("query_string", b"").decode("latin-1")
    target = "/login" if not query else "/login?next=" + quote(f"/?{query}", safe="")
    return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})

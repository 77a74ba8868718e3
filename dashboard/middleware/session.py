"""Lets nobody through to Streamlit who is not logged in: no page, no file, no WebSocket.

A page request is sent to the login form and comes back afterwards; anything else gets a 401. The page's
script verifies the same cookie once more on each run, see `dashboard.login.sessions`.
"""

from collections.abc import Collection
from urllib.parse import quote

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.login.sessions import COOKIE_NAME, Sessions

_POLICY_VIOLATION = 1008


class SessionGate:
    """Passes on only what carries a valid session cookie.

    Args:
        app: everything behind the login.
        sessions: knows the cookies.
        paths: where pages are; the others are not worth coming back to.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions, paths: Collection[str]) -> None:
        self._app = app
        self._sessions = sessions
        self._paths = paths

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
            await self._refusal(scope)(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response:
        if scope["path"] not in self._paths:
            return PlainTextResponse("Log in first.\n", status_code=401)
        query = scope.get("query_string", b"").decode("latin-1")
        page = scope["path"] + (f"?{query}" if query else "")
        target = "/login" if page == "/" else "/login?next=" + quote(page, safe="")
        return RedirectResponse(target, status_code=303, headers={"Cache-Control": "no-store"})

"""Files of the privacy page, for who is logged in: `/download/…`. The stats API decides what stands in them."""

from collections.abc import Callable

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from appliance.stats.privacy_contract import EVIDENCE_PATH, PRIVACY_PATH
from dashboard.client import StatsAwayError, StatsClient, StatsError
from dashboard.login.sessions import COOKIE_NAME, Sessions
from dashboard.rights import Reader

PREFIX = "/download/"
FILES = {
    "privacy.json": (PRIVACY_PATH, "application/json"),
    "evidence.jsonl": (EVIDENCE_PATH, "application/x-ndjson"),
}
"""Name of each file, where it comes from and what it is."""


class Downloads:
    """Answers its own paths and passes everything else on.

    Args:
        app: everything else.
        sessions: says who asks.
        client_of: asks the stats API for a reader.
    """

    def __init__(self, app: ASGIApp, sessions: Sessions, client_of: Callable[[Reader], StatsClient]) -> None:
        self._app = app
        self._sessions = sessions
        self._client_of = client_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with a file, or pass on."""
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            await (await self._answer(Request(scope, receive)))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        name = request.url.path.removeprefix(PREFIX)
        user = self._sessions.read(request.cookies.get(COOKIE_NAME, ""))
        if request.method != "GET" or name not in FILES or user is None:
            return PlainTextResponse("There is no such file.\n", status_code=404)
        path, kind = FILES[name]
        try:
            content = await anyio.to_thread.run_sync(self._client_of(user.reader).download, path)
        except StatsAwayError:
            return PlainTextResponse("The file cannot be made just now.\n", 503, {"Retry-After": "5"})
        except StatsError:
            return PlainTextResponse("There is no such file.\n", status_code=404)
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(content, 200, headers, kind)

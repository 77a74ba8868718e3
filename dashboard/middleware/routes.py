"""The few routes of Streamlit that the page needs; the others answer 404.

Streamlit also serves uploads, media, components, metrics, an agent API and a page for any unknown path.
None of it is used here, and what is not reachable needs no watching.
"""

from collections.abc import Callable, Collection
from pathlib import Path

from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import element
from dashboard.middleware.frontend_files import FrontendFiles

_STATE = frozenset({"/_stcore/health", "/_stcore/host-config"})
_SOCKET = "/_stcore/stream"
_NOT_FOUND = 1008


class StreamlitRoutes:
    """Serves the page's HTML itself and passes on the routes that the page needs.

    Args:
        app: Streamlit.
        page: makes the HTML of all pages from the path below which they lie.
        paths: where pages are, such as `/` and `/live`.
        files: where those of Streamlit's frontend lie.
    """

    def __init__(self, app: ASGIApp, page: Callable[[str], str], paths: Collection[str], files: Path) -> None:
        self._app = app
        self._paths = paths
        self._page = page
        self._files = FrontendFiles(files / "static", "/static/"), FrontendFiles(element.SCRIPTS, element.PREFIX)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on, serve the page or refuse."""
        if scope["type"] == "websocket":
            if scope["path"] == _SOCKET:
                await self._app(scope, receive, send)
            else:
                await send({"type": "websocket.close", "code": _NOT_FOUND, "reason": "path"})
        elif scope["type"] == "http":
            await self._http(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            await PlainTextResponse("Not allowed here.\n", status_code=405)(scope, receive, send)
        elif scope["path"] in self._paths:
            page = self._page(scope.get("base", "/"))
            await HTMLResponse(page, headers={"Cache-Control": "no-store"})(scope, receive, send)
        elif files := next((files for files in self._files if files.has(scope["path"])), None):
            await files(scope, receive, send)
        elif scope["path"] in _STATE:
            await self._app(scope, receive, send)
        else:
            await PlainTextResponse("There is no such page.\n", status_code=404)(scope, receive, send)

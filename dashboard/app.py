"""The dashboard as one ASGI application: headers, origin check, shared links or login, then Streamlit.

One application per process, because Streamlit's configuration and the page's state are global to it.
"""

import mimetypes
from pathlib import Path

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from streamlit.web.server.starlette.starlette_app import App

from dashboard import shell, state, streamlit_config
from dashboard.asset_addresses import ASSETS, PREFIX
from dashboard.downloads import Downloads
from dashboard.export.endpoint import ReportFile
from dashboard.login.endpoints import LoginPages
from dashboard.login.passwords import Passwords
from dashboard.login.sessions import Sessions
from dashboard.middleware.frontend_files import FrontendFiles
from dashboard.middleware.headers import SecurityHeaders
from dashboard.middleware.origin import OriginCheck
from dashboard.middleware.routes import StreamlitRoutes
from dashboard.middleware.session import SessionGate
from dashboard.options import DashboardOptions
from dashboard.pages import PAGES
from dashboard.records import Records
from dashboard.sharing.gate import LinkGate
from dashboard.sharing.links import Links

_HERE = Path(__file__).parent
SCRIPT = _HERE / "entry" / "main.py"
_PATHS = frozenset(f"/{page.path}" for page in PAGES)


def create_app(options: DashboardOptions) -> ASGIApp:
    """The application for uvicorn; `GET /health/live` answers without login."""
    streamlit_config.force()
    shell.template()  # says at the start, not to the first reader, that Streamlit's page has changed
    mimetypes.add_type("image/svg+xml", ".svg")
    records = Records(options.records)
    sessions = Sessions(records, options.users, options.session_seconds, options.idle_seconds, options.clock)
    passwords = Passwords(options.clock)
    links = Links(records, options.grant_key, options.clock)
    state.install(options, sessions, links)
    public = Starlette(
        routes=[
            *LoginPages(options, passwords, sessions, _PATHS).routes(),
            Route("/health/live", _live),
            Mount("/assets", FrontendFiles(ASSETS, PREFIX)),
        ]
    )
    streamlit = StreamlitRoutes(App(SCRIPT), shell.page, _PATHS, shell.STREAMLIT_FILES)
    inner = ReportFile(streamlit, sessions, links, state.client_of, options.clock)
    files = Downloads(inner, sessions, state.client_of)
    by_login = _PublicFirst(public, SessionGate(files, sessions, _PATHS))
    gate = LinkGate(inner, by_login, links, passwords, options, _PATHS)
    return SecurityHeaders(OriginCheck(gate), options.embed_origins)


async def _live(_request: Request) -> Response:
    return PlainTextResponse("ok\n", headers={"Cache-Control": "no-store"})


class _PublicFirst:
    """Our own open routes, and everything else behind the login."""

    _OPEN = ("/login", "/logout", "/health/live")

    def __init__(self, public: ASGIApp, private: ASGIApp) -> None:
        self._public = public
        self._private = private

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope.get("path", "")
        is_open = scope["type"] == "http" and (path in self._OPEN or path.startswith("/assets/"))
        await (self._public if is_open else self._private)(scope, receive, send)

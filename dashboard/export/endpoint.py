"""Answers `/report.zip`, for who is logged in or has a shared link. The stats API decides what stands in it."""

import threading
from collections.abc import Callable
from datetime import date, datetime
from zoneinfo import ZoneInfo

import anyio.to_thread
from starlette.datastructures import Headers
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard.client import StatsAwayError, StatsClient, StatsError
from dashboard.export.archive import TooMuchError, archive
from dashboard.login.sessions import COOKIE_NAME, Sessions
from dashboard.rights import Reader, Right
from dashboard.sharing.address import HEADER, of_header
from dashboard.sharing.links import Links
from dashboard.view_address import view_of

PATH = "/report.zip"
MOST_AT_ONCE = 2
"""Files that are made at a time; each asks some thirty questions."""


class ReportFile:
    """Answers its own path and passes everything else on.

    Args:
        app: everything else.
        sessions: says who asks by a login.
        links: says who asks by a shared link.
        client_of: asks the stats API for a reader.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        app: ASGIApp,
        sessions: Sessions,
        links: Links,
        client_of: Callable[[Reader], StatsClient],
        clock: Callable[[], float],
    ) -> None:
        self._app = app
        self._sessions = sessions
        self._links = links
        self._client_of = client_of
        self._clock = clock
        self._places = threading.BoundedSemaphore(MOST_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer with the file, or pass on."""
        if scope["type"] == "http" and scope["path"] == PATH:
            await (await self._answer(Request(scope, receive)))(scope, receive, send)
        else:
            await self._app(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        reader = self._reader(request)
        if request.method != "GET" or reader is None:
            return _text("There is no such file.", 404)
        texts = {name: request.query_params.getlist(name) for name in request.query_params}
        if not self._places.acquire(blocking=False):
            return _text("Other such files are being made. Try again in a minute.", 503)
        try:
            return await anyio.to_thread.run_sync(self._made, reader, texts)
        finally:
            self._places.release()

    def _reader(self, request: HTTPConnection) -> Reader | None:
        address = of_header(Headers(scope=request.scope).get(HEADER, ""))
        if address:
            link = self._links.find(address.token)
            return link.reader if link else None
        user = self._sessions.read(request.cookies.get(COOKIE_NAME, ""))
        return user.reader if user else None

    def _made(self, reader: Reader, texts: dict[str, list[str]]) -> Response:
        client = self._client_of(reader)
        asked = next(iter(texts.get("site", [])), "")
        now = self._clock()
        try:
            sites = [site for site in client.sites() if reader.may(Right.NUMBERS, site.id)]
            site = next((one for one in sites if one.id == asked), None)
            if site is None:
                return _text("There is no such site, or it is not for you.", 404)
            content = archive(client, view_of(texts, site, _today(now, site.timezone), reader.only), now)
        except TooMuchError as error:
            return _text(str(error), 413)
        except StatsAwayError:
            return _text("The file cannot be made just now. Try again in a minute.", 503)
        except StatsError:
            return _text("The stats API refused to answer.", 404)
        # Ids of sites have letters, digits and . _ : / - only.
        name = f"{site.id.replace('/', '-').replace(':', '-')}-report.zip"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return Response(content, 200, headers, "application/zip")


def _today(now: float, timezone: str) -> date:
    return datetime.fromtimestamp(now, ZoneInfo(timezone)).date()


def _text(sentence: str, status: int) -> Response:
    headers = {"Cache-Control": "no-store"} | ({"Retry-After": "60"} if status == 503 else {})
    return PlainTextResponse(f"{sentence}\n", status, headers)

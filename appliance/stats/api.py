"""The HTTP side of the stats API: keys, bodies, status codes. It never shows an identifier, because it has none.

A site that does not exist and a site that the key may not read get the same answer.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import date

import anyio
import anyio.to_thread
import msgspec
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from appliance.errors import QueryError, UnavailableError
from appliance.settings import ANY_SITE, Settings, SiteSettings
from appliance.stats.answers import Answers
from appliance.stats.contract import (
    FUNNELS_PATH,
    QUERY_PATH,
    REALTIME_PATH,
    RETENTION_PATH,
    SITES_PATH,
    TRANSITIONS_PATH,
    Funnels,
    Refusal,
    RetentionPlan,
    Site,
    Sites,
    Transitions,
)
from appliance.stats.csv_answers import CONTENT_TYPE, META_HEADER, as_csv, meta_header, wants_csv
from appliance.stats.day_close import CLOSE_PATH, DayClose, DayState, read_close_question
from appliance.stats.grants import Right
from appliance.stats.plan import read_question
from appliance.stats.readers import Reader, Readers, as_locked, only_for

_MAX_BODY_BYTES = 64 * 1024
_MAX_QUESTIONS_AT_ONCE = 4
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer"}
_UNKNOWN_SITE = "there is no such site, or the key may not read it"
_log = logging.getLogger(__name__)
_encode = msgspec.json.Encoder().encode


class HttpRefusal(Exception):  # noqa: N818  an answer, not a fault
    """Ends a request with a status and a sentence."""

    def __init__(self, status: int, reason: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.headers = headers or {}


class StatsApi:
    """The routes. `live` gives the current visitors of a site; `ready` says whether everything behind answers.

    `warnings` says what is wrong all the same, `retention` what the limits would delete now; `close` asks for
    the close of a day.
    """

    def __init__(
        self,
        settings: Settings,
        answers: Answers,
        readers: Readers,
        live: Callable[[str], int],
        ready: Callable[[], bool],
        warnings: Callable[[], list[str]] = list,
        retention: Callable[[], RetentionPlan] = lambda: RetentionPlan([]),
        close: Callable[[str, date], DayClose] = lambda _site, _day: DayClose(DayState.EMPTY),
        *,
        funnels: Callable[[SiteSettings, str | list[str]], Funnels],
        transitions: Callable[[SiteSettings, str | list[str]], Transitions],
    ) -> None:
        self._settings = settings
        self._sites = {site.id: site for site in settings.sites}
        self._answers = answers
        self._readers = readers
        self._live = live
        self._ready = ready
        self._warnings = warnings
        self._retention = retention
        self._close = close
        self._funnels = funnels
        self._transitions = transitions
        # Slow questions wait for each other and leave threads to the health checks and the current visitors.
        self._questions = anyio.CapacityLimiter(_MAX_QUESTIONS_AT_ONCE)

    async def query(self, request: Request) -> Response:
        """`POST /api/v2/query`: JSON, or CSV for those who like it better."""
        reader = self._reader(request, takes_filters=True)
        question = as_locked(read_question(await _body(request)), reader)
        site = self._site(reader, question.site_id)
        answer = await anyio.to_thread.run_sync(self._answers.answer, question, site, limiter=self._questions)
        if not wants_csv(",".join(request.headers.getlist("accept"))):
            return _json(answer)
        return Response(as_csv(answer), 200, _HEADERS | {META_HEADER: meta_header(answer)}, CONTENT_TYPE)

    async def realtime(self, request: Request) -> Response:
        """`GET /api/v1/stats/realtime/visitors?site_id=`: an integer."""
        site = self._site(self._reader(request), request.query_params.get("site_id", ""))
        return _json(await anyio.to_thread.run_sync(self._live, site.id))

    async def funnels(self, request: Request) -> Response:
        """`GET /api/v1/stats/funnels?site_id=&date_range=`; the range is a name or `first,last`."""
        return await self._report(request, self._funnels)

    async def transitions(self, request: Request) -> Response:
        """`GET /api/v1/stats/transitions?site_id=&date_range=`; the range is a name or `first,last`."""
        return await self._report(request, self._transitions)

    async def _report(self, request: Request, report: Callable[[SiteSettings, str | list[str]], object]) -> Response:
        site = self._site(self._reader(request), request.query_params.get("site_id", ""))
        asked = request.query_params.get("date_range", "day")
        date_range = asked.split(",") if "," in asked else asked
        return _json(await anyio.to_thread.run_sync(report, site, date_range, limiter=self._questions))

    async def sites(self, request: Request) -> Response:
        """`GET /api/v1/sites`: the sites that the key opens."""
        reader = self._reader(request, takes_filters=True)
        known = [Site(site.id, site.timezone) for site in self._settings.sites if reader.knows(site.id)]
        return _json(Sites(known))

    async def retention(self, request: Request) -> Response:
        """`GET /api/v1/retention`: what the limits would delete now; for keys that open every site."""
        self._require_every_site(request)
        return _json(await anyio.to_thread.run_sync(self._retention, limiter=self._questions))

    async def close(self, request: Request) -> Response:
        """`POST /api/v1/close`: see that a day that is over gets closed; for `appliance close`, with its own key."""
        if not self._reader(request).may_change:
            raise HttpRefusal(403, "keys of the configuration only read; the command appliance close does this")
        question = read_close_question(await _body(request))
        return _json(
            await anyio.to_thread.run_sync(self._close, question.site_id, question.day, limiter=self._questions)
        )

    async def is_live(self, request: Request) -> Response:
        """`GET /health/live`: the process answers."""
        return PlainTextResponse("ok", headers=_HEADERS)

    async def is_ready(self, request: Request) -> Response:
        """`GET /health/ready`: ClickHouse answers, facts are being written, and old data are deleted."""
        ready = await anyio.to_thread.run_sync(self._ready)
        faults = ([] if ready else ["not ready"]) + self._warnings()
        return PlainTextResponse("\n".join(faults) or "ok", 503 if faults else 200, headers=_HEADERS)

    async def is_started(self, request: Request) -> Response:
        """`GET /health/started`: as ready, warnings aside: they must not keep the appliance from starting."""
        ready = await anyio.to_thread.run_sync(self._ready)
        return PlainTextResponse("ok" if ready else "not ready", 200 if ready else 503, headers=_HEADERS)

    def _reader(self, request: Request, *, takes_filters: bool = False) -> Reader:
        """Who asks. Only routes that hold to filters, or show no numbers, are for those who are locked to some."""
        reader = self._readers.reader(request.headers.get("authorization", ""))
        if reader is None:
            reason = "a valid key is needed: Authorization: Bearer <key>"
            raise HttpRefusal(401, reason, {"www-authenticate": "Bearer"})
        if only_for(reader) and not takes_filters:
            raise HttpRefusal(403, "these numbers cannot be filtered, and this link is locked to a filter")
        return reader

    def _require_every_site(self, request: Request) -> None:
        if not self._reader(request).may(Right.PRIVACY, ANY_SITE):
            raise HttpRefusal(403, "this needs a key that opens every site")

    def _site(self, reader: Reader, site_id: str) -> SiteSettings:
        site = self._sites.get(site_id)
        if site is None or not reader.may_read(site_id):
            raise HttpRefusal(404, _UNKNOWN_SITE)
        return site


def create_app(api: StatsApi, more: Sequence[Route] = ()) -> Starlette:
    """The ASGI application with all routes; `more` of them stand beside the stats API."""
    app = Starlette(
        routes=[
            Route(QUERY_PATH, api.query, methods=["POST"]),
            Route(REALTIME_PATH, api.realtime, methods=["GET"]),
            Route(FUNNELS_PATH, api.funnels, methods=["GET"]),
            Route(TRANSITIONS_PATH, api.transitions, methods=["GET"]),
            Route(SITES_PATH, api.sites, methods=["GET"]),
            Route(RETENTION_PATH, api.retention, methods=["GET"]),
            Route(CLOSE_PATH, api.close, methods=["POST"]),
            Route("/health/live", api.is_live, methods=["GET"]),
            Route("/health/ready", api.is_ready, methods=["GET"]),
            Route("/health/started", api.is_started, methods=["GET"]),
            *more,
        ],
        exception_handlers={
            HttpRefusal: _refused,
            QueryError: _bad_question,
            UnavailableError: _unavailable,
            404: _no_such_path,
            405: _wrong_method,
            500: _failed,
        },
    )
    # A path is right or it is not there: a redirect would repeat the sender's Host header.
    app.router.redirect_slashes = False
    return app


async def _body(request: Request) -> bytes:
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MAX_BODY_BYTES:
                raise HttpRefusal(413, f"the body must have at most {_MAX_BODY_BYTES} bytes")
    except ClientDisconnect:
        raise HttpRefusal(400, "the body is not complete") from None
    return bytes(body)


def _json(content: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(_encode(content), status, _HEADERS | (headers or {}), "application/json")


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HttpRefusal)  # noqa: S101  Starlette looks handlers up by type
    return _json(Refusal(error.reason), error.status, error.headers)


async def _bad_question(request: Request, error: Exception) -> Response:
    return _json(Refusal(str(error)), 400)


async def _unavailable(request: Request, error: Exception) -> Response:
    return _json(Refusal(f"the numbers cannot be read just now: {error}"), 503, {"retry-after": "2"})


async def _no_such_path(request: Request, error: Exception) -> Response:
    return _json(Refusal("there is no such path"), 404)


async def _wrong_method(request: Request, error: Exception) -> Response:
    return _json(Refusal("this path does not take this method"), 405, dict(getattr(error, "headers", None) or {}))


async def _failed(request: Request, error: Exception) -> Response:
    _log.error("request_failed", extra={"error": type(error).__name__})
    return _json(Refusal("internal error"), 500)

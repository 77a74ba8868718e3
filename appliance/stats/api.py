"""The HTTP side of the stats API: keys, bodies, status codes. It never shows an identifier, because it has none."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import TypeVar

import anyio.to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from appliance.settings import Settings, SiteSettings
from appliance.stats.access import Access
from appliance.stats.answers import Answers
from appliance.stats.contract import (
    FUNNELS_PATH,
    QUERY_PATH,
    REALTIME_PATH,
    RETENTION_PATH,
    SITES_PATH,
    TRANSITIONS_PATH,
    Funnels,
    RetentionPlan,
    Site,
    Sites,
    Transitions,
)
from appliance.stats.csv_answers import funnels_csv, query_csv, transitions_csv
from appliance.stats.day_close import CLOSE_PATH, DayClose, DayState, read_close_question
from appliance.stats.legacy_api import LegacyApi
from appliance.stats.plan import read_question
from appliance.stats.readers import Readers, as_locked
from appliance.stats.replies import HEADERS, REFUSALS, HttpRefusal, as_json, as_liked, body_of
from appliance.stats.time_limit import Questions

_Found = TypeVar("_Found")


class StatsApi:
    """The routes. `live` gives the current visitors of a site; `ready` says whether everything behind answers.

    `warnings` says what is wrong all the same, `retention` what the limits would delete now; `close` asks for
    the close of a day. `alive` is false when something behind stands still that only a new start of the process ends.
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
        alive: Callable[[], bool] = lambda: True,
        funnels: Callable[[SiteSettings, str | list[str]], Funnels],
        transitions: Callable[[SiteSettings, str | list[str]], Transitions],
    ) -> None:
        self._sites = settings.sites
        self._access = Access(settings, readers)
        self._answers = answers
        self._live = live
        self._ready = ready
        self._alive = alive
        self._warnings = warnings
        self._retention = retention
        self._close = close
        self._funnels = funnels
        self._transitions = transitions
        self._questions = Questions()
        self.legacy = LegacyApi(self._access, answers, self._questions)

    async def query(self, request: Request) -> Response:
        """`POST /api/v2/query`: JSON, or CSV for those who like it better."""
        reader = self._access.reader(request, takes_filters=True)
        question = as_locked(read_question(await body_of(request)), reader)
        site = self._access.site(reader, question.site_id)
        answer = await self._questions.run(self._answers.answer, question, site)
        return as_liked(request, answer, answer.meta, lambda: query_csv(answer))

    async def realtime(self, request: Request) -> Response:
        """`GET /api/v1/stats/realtime/visitors?site_id=`: an integer."""
        site = self._access.named_site(request)
        return as_json(await anyio.to_thread.run_sync(self._live, site.id))

    async def funnels(self, request: Request) -> Response:
        """`GET /api/v1/stats/funnels?site_id=&date_range=`; the range is a name or `first,last`. JSON or CSV."""
        found = await self._report(request, self._funnels)
        return as_liked(request, found, found.meta, lambda: funnels_csv(found))

    async def transitions(self, request: Request) -> Response:
        """`GET /api/v1/stats/transitions?site_id=&date_range=`; the range is a name or `first,last`. JSON or CSV."""
        found = await self._report(request, self._transitions)
        return as_liked(request, found, found.meta, lambda: transitions_csv(found))

    async def _report(self, request: Request, report: Callable[[SiteSettings, str | list[str]], _Found]) -> _Found:
        site = self._access.named_site(request)
        asked = request.query_params.get("date_range", "day")
        date_range = asked.split(",") if "," in asked else asked
        return await self._questions.run(report, site, date_range)

    async def sites(self, request: Request) -> Response:
        """`GET /api/v1/sites`: the sites that the key opens."""
        reader = self._access.reader(request, takes_filters=True)
        return as_json(Sites([_described(site) for site in self._sites if reader.knows(site.id)]))

    async def retention(self, request: Request) -> Response:
        """`GET /api/v1/retention`: what the limits would delete now; for keys that open every site."""
        self._access.reader_of_every_site(request)
        return as_json(await self._questions.run(self._retention))

    async def close(self, request: Request) -> Response:
        """`POST /api/v1/close`: see that a day that is over gets closed; for `appliance close`, with its own key."""
        if not self._access.reader(request).may_change:
            raise HttpRefusal(403, "keys of the configuration only read; the command appliance close does this")
        question = read_close_question(await body_of(request))
        return as_json(await self._questions.run(self._close, question.site_id, question.day))

    async def is_live(self, request: Request) -> Response:
        """`GET /health/live`: the process answers, and nothing behind it stands still."""
        alive = self._alive()
        return PlainTextResponse("ok" if alive else "stands still", 200 if alive else 503, headers=HEADERS)

    async def is_ready(self, request: Request) -> Response:
        """`GET /health/ready`: ClickHouse answers, facts are being written, and old data are deleted."""
        ready = await anyio.to_thread.run_sync(self._ready)
        faults = ([] if ready else ["not ready"]) + self._warnings()
        return PlainTextResponse("\n".join(faults) or "ok", 503 if faults else 200, headers=HEADERS)

    async def is_started(self, request: Request) -> Response:
        """`GET /health/started`: as ready, warnings aside: they must not keep the appliance from starting."""
        ready = await anyio.to_thread.run_sync(self._ready)
        return PlainTextResponse("ok" if ready else "not ready", 200 if ready else 503, headers=HEADERS)


def _described(site: SiteSettings) -> Site:
    properties = tuple(one.key for one in site.properties)
    return Site(site.id, site.timezone, properties, tuple(funnel.name for funnel in site.funnels))


def create_app(
    api: StatsApi, imports: Route | None = None, backups: Route | None = None, more: Sequence[Route] = ()
) -> Starlette:
    """The ASGI application with all routes; `imports` and `backups` stand beside the stats API, with keys of their own,
    `more` are of other modules.

    The tests try each route with each kind of key, so every one must come through here.
    """
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
            *api.legacy.routes(),
            *more,
            *(route for route in (imports, backups) if route),
        ],
        exception_handlers=REFUSALS,
    )
    # A path is right or it is not there: a redirect would repeat the sender's Host header.
    app.router.redirect_slashes = False
    return app

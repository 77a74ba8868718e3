"""Plausible's older API (v1) over HTTP, for clients that know no other: the same answers in its shape."""

from collections.abc import Callable, Iterable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appliance.stats.access import Access
from appliance.stats.answers import Answers
from appliance.stats.contract import AGGREGATE_PATH, BREAKDOWN_PATH, TIMESERIES_PATH, Answer, Question
from appliance.stats.legacy_answers import (
    LegacyAggregate,
    LegacyRows,
    as_aggregate,
    as_breakdown,
    as_timeseries,
    legacy_csv,
)
from appliance.stats.legacy_questions import aggregate_question, breakdown_question, timeseries_question
from appliance.stats.readers import as_locked
from appliance.stats.replies import as_liked
from appliance.stats.time_limit import Questions

_Read = Callable[[Iterable[tuple[str, str]]], Question]
_Shape = Callable[[Answer], LegacyAggregate | LegacyRows]


class LegacyApi:
    """The routes of v1; `questions` runs those of all routes."""

    def __init__(self, access: Access, answers: Answers, questions: Questions) -> None:
        self._access = access
        self._answers = answers
        self._questions = questions

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route(AGGREGATE_PATH, self.aggregate, methods=["GET"]),
            Route(TIMESERIES_PATH, self.timeseries, methods=["GET"]),
            Route(BREAKDOWN_PATH, self.breakdown, methods=["GET"]),
        ]

    async def aggregate(self, request: Request) -> Response:
        """`GET /api/v1/stats/aggregate?site_id=&period=&date=&metrics=&filters=&compare=`."""
        return await self._answer(request, aggregate_question, as_aggregate)

    async def timeseries(self, request: Request) -> Response:
        """`GET /api/v1/stats/timeseries?site_id=&period=&date=&metrics=&filters=&interval=`."""
        return await self._answer(request, timeseries_question, as_timeseries)

    async def breakdown(self, request: Request) -> Response:
        """`GET /api/v1/stats/breakdown?site_id=&property=&period=&date=&metrics=&filters=&limit=&page=`."""
        return await self._answer(request, breakdown_question, as_breakdown)

    async def _answer(self, request: Request, read: _Read, shape: _Shape) -> Response:
        reader = self._access.reader(request, takes_filters=True)
        site = self._access.site(reader, request.query_params.get("site_id", ""))
        question = as_locked(read(request.query_params.multi_items()), reader)
        found = shape(await self._questions.run(self._answers.answer, question, site))
        return as_liked(request, found, found.meta, lambda: legacy_csv(found))

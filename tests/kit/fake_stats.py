"""A stats API for tests of the dashboard: answers from a table, remembers what it was asked.

Questions and answers have the form of the contract; without a valid grant there is none, as by the real one.
"""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import msgspec
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appliance.stats.contract import (
    FUNNELS_PATH,
    QUERY_PATH,
    REALTIME_PATH,
    SITES_PATH,
    TRANSITIONS_PATH,
    Answer,
    Compared,
    ComparedMeta,
    DamagedDay,
    Funnel,
    Funnels,
    Hidden,
    Meta,
    Question,
    Refusal,
    Row,
    Site,
    Sites,
    Transition,
    Transitions,
)
from appliance.stats.csv_answers import funnels_csv, query_csv, transitions_csv
from appliance.stats.grants import Grant, Grants
from appliance.stats.live_contract import LIVE_PATH, LiveMinutes
from appliance.stats.privacy_contract import CHAIN_PATH, EVIDENCE_PATH, PRIVACY_PATH, ChainVerdict, PrivacyFacts
from appliance.stats.quality_contract import (
    QUALITY_PATH,
    SETUP_PATH,
    TRIAL_PATH,
    Quality,
    SiteSetup,
    TrialHit,
    TrialVerdict,
)
from appliance.stats.replies import as_liked

Rows = Sequence[tuple[str, int]]
_DAYS = {"day": 1, "7d": 7, "28d": 28, "30d": 30, "91d": 91}


@dataclass
class FakeStats:
    """What the fake answers; tests change it at any time.

    `totals` are the numbers without dimension, `rows` the numbers by value for each dimension.
    """

    key: str = "test-key"
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    sites: list[Site] = field(default_factory=lambda: [Site("example.org", "UTC")])
    totals: dict[str, int | float | None] = field(default_factory=dict)
    totals_by_range: dict[str, dict[str, int | float | None]] = field(default_factory=dict)
    """Instead of `totals` for some named ranges."""
    rows: dict[str, Rows] = field(default_factory=dict)
    funnels: list[Funnel] = field(default_factory=list)
    transitions: list[Transition] = field(default_factory=list)
    before: dict[str, int | float | None] = field(default_factory=dict)
    """`totals` of the range that another is compared with."""
    hidden: Hidden | None = None
    partial: bool | None = None
    lower_bounds: list[str] | None = None
    warnings: list[str] | None = None
    damaged_days: list[DamagedDay] | None = None
    imported_days: list[list[str]] | None = None
    data_as_of: str = "2999-01-01T00:00:00+00:00"
    current: int = 0
    status: int = 200
    seconds: dict[str, float] = field(default_factory=dict)
    """How long questions by a dimension take."""
    waiting: int = 0
    most_waiting: int = 0
    """Questions that waited for their answers at a time."""
    questions: list[Question] = field(default_factory=list)
    grants: list[Grant] = field(default_factory=list)
    """Those that came with what was asked."""
    privacy: PrivacyFacts | None = None
    verdict: ChainVerdict = field(default_factory=lambda: ChainVerdict(3, None, "ab" * 32))
    minutes: list[int | None] = field(default_factory=lambda: [0] * 30)
    quality: Quality | None = None
    setup: SiteSetup | None = None
    trial_verdict: TrialVerdict | None = None
    trials: list[TrialHit] = field(default_factory=list)
    clock: Callable[[], float] = time.time

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route(SITES_PATH, self._sites),
                Route(REALTIME_PATH, self._realtime),
                Route(QUERY_PATH, self._query, methods=["POST"]),
                Route(FUNNELS_PATH, self._funnels),
                Route(TRANSITIONS_PATH, self._transitions),
                Route(PRIVACY_PATH, self._privacy),
                Route(CHAIN_PATH, self._chain),
                Route(EVIDENCE_PATH, self._evidence),
                Route(LIVE_PATH, self._minutes),
                Route(QUALITY_PATH, self._quality),
                Route(SETUP_PATH, self._setup),
                Route(TRIAL_PATH, self._trial, methods=["POST"]),
            ]
        )

    def _refusal(self, request: Request) -> Response | None:
        token = request.headers.get("authorization", "").removeprefix("Bearer ")
        grant = Grants(self.key, self.clock).opened(token)
        if grant is None:
            return _json(Refusal("a valid key is needed"), 401)
        self.grants.append(grant)
        if self.status != 200:
            return _json(Refusal("not now"), self.status)
        return None

    async def _sites(self, request: Request) -> Response:
        return self._refusal(request) or _json(Sites(self.sites))

    async def _realtime(self, request: Request) -> Response:
        return self._refusal(request) or _json(self.current)

    async def _funnels(self, request: Request) -> Response:
        found = Funnels(self.funnels, self._plain_meta())
        return self._refusal(request) or as_liked(request, found, found.meta, lambda: funnels_csv(found))

    async def _transitions(self, request: Request) -> Response:
        found = Transitions(self.transitions, self._plain_meta())
        return self._refusal(request) or as_liked(request, found, found.meta, lambda: transitions_csv(found))

    def _plain_meta(self) -> Meta:
        return Meta("exact", self.data_as_of, includes_today=True)

    async def _privacy(self, request: Request) -> Response:
        return self._refusal(request) or _json(self.privacy)

    async def _chain(self, request: Request) -> Response:
        return self._refusal(request) or _json(self.verdict)

    async def _evidence(self, request: Request) -> Response:
        return self._refusal(request) or Response(b'{"kind":"day_closed"}\n')

    async def _minutes(self, request: Request) -> Response:
        return self._refusal(request) or _json(LiveMinutes(self.current, self.minutes))

    async def _quality(self, request: Request) -> Response:
        return self._refusal(request) or _json(self.quality)

    async def _setup(self, request: Request) -> Response:
        return self._refusal(request) or _json(self.setup)

    async def _trial(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal:
            return refusal
        self.trials.append(msgspec.json.decode(await request.body(), type=TrialHit))
        return _json(self.trial_verdict)

    async def _query(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal:
            return refusal
        question = msgspec.json.decode(await request.body(), type=Question)
        self.questions.append(question)
        days = self._days(question.date_range)
        dimension = question.dimensions[0] if question.dimensions else ""
        self.waiting += 1
        self.most_waiting = max(self.most_waiting, self.waiting)
        await asyncio.sleep(self.seconds.get(dimension, 0.0))
        self.waiting -= 1
        summed = len(days) > 1 and not dimension.startswith("time:")
        meta = Meta(
            "daily_sum" if summed else "exact",
            self.data_as_of,
            includes_today=self.today in days,
            hidden=self.hidden if dimension and not dimension.startswith("time:") else None,
            time_labels=_labels(dimension, days) if question.include.time_labels else None,
            warnings=[*(self.warnings or ()), *(one.meaning for one in self.damaged_days or ())] or None,
            damaged_days=self.damaged_days,
            imported_days=self.imported_days,
            partial=self.partial,
            lower_bounds=self.lower_bounds if dimension else None,
            comparison=_compared(days) if question.include.comparisons else None,
            total_rows=len(self.rows.get(dimension, ())) if question.include.total_rows else None,
        )
        asked = {"metrics": question.metrics, "dimensions": question.dimensions}
        answer = Answer(self._results(question, dimension), meta, asked)
        return as_liked(request, answer, meta, lambda: query_csv(answer))

    def _results(self, question: Question, dimension: str) -> list[Row]:
        if not dimension:
            totals = self.totals_by_range.get(str(question.date_range), self.totals)
            compared = question.include.comparisons and self._before(question.metrics, totals)
            return [Row([], [totals.get(name, 0) for name in question.metrics], compared or None)]
        known = self.rows.get(dimension, ())
        for operator, attribute, values, *_ in question.filters:
            if (operator, attribute) == ("contains", dimension):
                known = [row for row in known if values[0].lower() in row[0].lower()]
        rows = known[: question.pagination.limit]
        return [Row([value], [number for _ in question.metrics]) for value, number in rows]

    def _before(self, metrics: list[str], totals: dict[str, int | float | None]) -> Compared:
        before = [self.before.get(name, 0) for name in metrics]
        now = [totals.get(name, 0) for name in metrics]
        change = [
            100 * (one - other) / other if one and other else None for one, other in zip(now, before, strict=True)
        ]
        return Compared([], before, change)

    def _days(self, asked: str | list[str]) -> list[date]:
        if isinstance(asked, list):
            first, last = (date.fromisoformat(text) for text in asked)
        else:
            first, last = self.today - timedelta(days=_DAYS.get(asked, 60) - 1), self.today
        return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def _compared(days: list[date]) -> ComparedMeta:
    length = timedelta(days=len(days))
    return ComparedMeta([(days[0] - length).isoformat(), (days[-1] - length).isoformat()])


def _labels(dimension: str, days: list[date]) -> list[str]:
    if dimension == "time:month":
        return list(dict.fromkeys(day.replace(day=1).isoformat() for day in days))
    if dimension == "time:day":
        return [day.isoformat() for day in days]
    return [f"{day} {hour:02d}:00:00" for day in days for hour in range(24)]


def _json(content: object, status: int = 200) -> Response:
    return Response(msgspec.json.encode(content), status, media_type="application/json")

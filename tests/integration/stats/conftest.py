"""The stats API over one ClickHouse per module."""

import hashlib
import time
from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

import msgspec
import pytest
from starlette.applications import Starlette

from appliance.admission import admitter
from appliance.clock import day_end
from appliance.facts import EventFact, VisitFact
from appliance.settings import ApiKeySettings, FunnelSettings, PropertySettings, Settings, SiteSettings, StepSettings
from appliance.stats.answers import Answers
from appliance.stats.api import StatsApi, create_app
from appliance.stats.api_keys import ApiKeys
from appliance.stats.contract import RetentionLine, RetentionPlan
from appliance.stats.day_marks import DayMarks
from appliance.stats.funnels import FunnelAnswers
from appliance.stats.grants import Grants
from appliance.stats.kept_reads import KeptReads
from appliance.stats.open_pairs import OpenPairs
from appliance.stats.pair_reports import PairReports
from appliance.stats.readers import Readers
from appliance.stats.reports import Reader, Reports
from appliance.stats.shown_pairs import ShownPairs
from appliance.stats.time_limit import TimedReader
from appliance.stats.transitions import TransitionAnswers
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.columns import EVENT_TYPES, PAIR_TYPES, VISIT_TYPES, event_columns, pair_columns, visit_columns
from appliance.warehouse.fold.day import Rules
from tests.kit.asgi_client import AsgiClient
from tests.kit.engine import Engine

PLAN = RetentionPlan([RetentionLine("outcomes", "all sites", "13 months", "2025-10-23", 4)])
FUNNEL = FunnelSettings(
    name="Buy", steps=(StepSettings(page="/shop*"), StepSettings(page="/cart"), StepSettings(event="Purchase"))
)
GRANT_KEY = "grant key of tests"
DAY = date(2026, 11, 23)
DAY_NUMBER = (DAY - date(1970, 1, 1)).days


def noon() -> float:
    """The moment at which every question is asked."""
    return day_end(DAY, "UTC") - 12 * 3600


class Stats:
    """Client with a key, and a way to insert facts."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self._settings = self.settings = settings
        self.readers = Readers(ApiKeys(settings, "own"), Grants(GRANT_KEY, noon))
        self._inserts = 0
        self.warnings: list[str] = []
        self.is_alive = True
        self.damage: dict[date, str] = {}
        """What is said about days."""
        self.imported: list[date] = []
        """Days that came from a log."""
        self.seconds_ahead = 0.0
        """What the clock of slow questions is ahead."""
        self.read_from(engine.reader)

    def read_from(self, reader: Reader) -> Starlette:
        """Let the API ask this reader from now on."""
        reader = TimedReader(reader, self.monotonic)
        open_pairs = OpenPairs(ShownPairs())
        closed_days = ClosedDays(self.engine.writer)
        self.kept = KeptReads(lambda: closed_days.changes)
        reports = Reports(reader, closed_days, self.kept)
        marks = DayMarks(
            self._warn,
            self._damage,
            lambda _site, first, last: [day for day in self.imported if first <= day <= last],
        )
        answers = Answers(
            self._settings,
            noon,
            reports,
            PairReports(reader, open_pairs, self.kept),
            noon,
            marks,
        )
        live: Callable[[str], int] = {"example.org": 3}.__getitem__
        funnels = FunnelAnswers(self._settings, noon, reader, closed_days, noon, marks)
        transitions = TransitionAnswers(self._settings, noon, reader, closed_days, noon, marks, open_pairs)
        api = StatsApi(
            self._settings,
            answers,
            self.readers,
            live,
            lambda: True,
            self._warn,
            lambda: PLAN,
            funnels=funnels.answer,
            alive=lambda: self.is_alive,
            transitions=transitions.answer,
        )
        self.api = api
        app = create_app(api)
        self.app = app
        self.client = AsgiClient(app)
        return app

    def monotonic(self) -> float:
        return time.monotonic() + self.seconds_ahead

    def _warn(self) -> list[str]:
        return self.warnings

    def _damage(self, first: date, last: date, _timezone: str) -> list[tuple[date | None, str]]:
        return [(day, sentence) for day, sentence in self.damage.items() if first <= day <= last]

    def insert(self, visits: list[VisitFact], events: list[EventFact], pairs: Sequence[VisitFact] = ()) -> None:
        self._inserts += 1
        token = f"{id(self)}-{self._inserts}"
        if visits:
            self.engine.writer.insert("visit_facts", VISIT_TYPES, visit_columns(visits), token + "v")
        if events:
            self.engine.writer.insert("event_facts", EVENT_TYPES, event_columns(events), token + "e")
        if pairs:
            self.engine.writer.insert("pair_facts", PAIR_TYPES, pair_columns(pairs), token + "p")

    def close_day(self, day: date) -> None:
        rules = Rules(self._settings.privacy.k, admitter(self._settings.sites[0]))
        close_day(self.engine.writer, ClosedDays(self.engine.writer), "example.org", day, rules)

    def ask(self, key: str = "k1", **question: Any) -> Any:
        asked = {"site_id": "example.org", "metrics": ["visitors"], "date_range": "day"} | question
        return self.client.post("/api/v2/query", json=asked, headers={"Authorization": f"Bearer {key}"})

    def get(self, path: str, key: str = "k1", accept: str = "*/*", site: str = "example.org", **parameters: str) -> Any:
        """Ask one of the reports that take their parameters in the address."""
        headers = {"Authorization": f"Bearer {key}", "Accept": accept}
        return self.client.get(f"/api/v1/stats/{path}", params={"site_id": site} | parameters, headers=headers)

    def funnels(self, key: str = "k1", site: str = "example.org", date_range: str = "day") -> Any:
        path = f"/api/v1/stats/funnels?site_id={site}&date_range={date_range}"
        return self.client.get(path, headers={"Authorization": f"Bearer {key}"})

    def transitions(self, key: str = "k1", site: str = "example.org", date_range: str = "day") -> Any:
        path = f"/api/v1/stats/transitions?site_id={site}&date_range={date_range}"
        return self.client.get(path, headers={"Authorization": f"Bearer {key}"})

    def rows(self, **question: Any) -> dict[tuple[str, ...], list[float]]:
        response = self.ask(**question)
        assert response.status_code == 200, response.text
        return {tuple(row["dimensions"]): row["metrics"] for row in response.json()["results"]}


@pytest.fixture
def stats(module_engine: Engine) -> Stats:
    module_engine.empty()
    settings = msgspec.structs.replace(
        module_engine.settings,
        sites=(
            SiteSettings(
                id="example.org",
                pages=("/", "/blog/*"),
                funnels=(FUNNEL,),
                properties=(PropertySettings(key="plan", values=("pro",)), PropertySettings(key="plan-2")),
            ),
            SiteSettings(id="other.example", timezone="Europe/Berlin"),
            SiteSettings(id="kiribati", timezone="Pacific/Kiritimati"),
        ),
        api_keys=(
            ApiKeySettings(name="one", sha256=hashlib.sha256(b"k1").hexdigest(), sites=("example.org",)),
            ApiKeySettings(name="other", sha256=hashlib.sha256(b"k3").hexdigest(), sites=("other.example",)),
            ApiKeySettings(name="all", sha256=hashlib.sha256(b"k2").hexdigest()),
        ),
    )
    return Stats(module_engine, settings)

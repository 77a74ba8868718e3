"""Steps of an import: repeated, out of order, broken off; every one leaves a day whole or untouched."""

from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest

from appliance.clock import day_end
from appliance.errors import QueryError, UnavailableError
from appliance.facts import FactBatch
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, ServerSettings, Settings, SiteSettings
from appliance.state.connection import Client
from appliance.stats.day_close import DayState
from appliance.stats.import_api import DayIs, ImportStep, Step
from appliance.supervisor.parts.day_closes import DayCloses
from appliance.supervisor.parts.log_imports import LogImports
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.site_rows import delete_rows
from appliance.warehouse.writer import insert_facts
from tests.kit.engine import Engine
from tests.kit.evidence_file import entries
from tests.kit.facts import random_batch

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

SITE, DAY = "example.org", date(2026, 11, 20)
NUMBER = (DAY - date(1970, 1, 1)).days
FACTS = msgspec.structs.replace(random_batch(Random(1), 60, (SITE,), (NUMBER,)), outcomes=[])
ROW_TYPES = {"site": "String", "day": "Date", "pageviews": "UInt64"}
ROW = {"site": [SITE], "day": [DAY], "pageviews": [1]}
OUTCOMES = msgspec.structs.replace(random_batch(Random(2), 60, (SITE,), (NUMBER,)), visits=[], events=[], pairs=[])


class Stage:
    """A warehouse without hits, two days after the day of the log."""

    def __init__(self, engine: Engine, redis: Client, directory: Path) -> None:
        self.now = day_end(DAY, "UTC") + 2 * 86_400
        self.knows_pages = True
        self.engine, self.directory = engine, directory
        server = ServerSettings(data_dir=str(directory))
        settings = Settings(server=server, sites=(SiteSettings(id=SITE),), redis=RedisSettings(shards=1))
        evidence = EvidenceLog(directory / "evidence.jsonl")
        self.closes = DayCloses(
            *(settings, engine.writer, ClosedDays(engine.writer), redis, evidence, lambda: self.now),
            lambda _site: frozenset(),
        )
        self.imports = LogImports(
            settings, engine.writer, self.closes, evidence, lambda: self.now, lambda: self.knows_pages
        )

    def step(self, step: Step, number: int = 0, **more: object) -> DayIs:
        return self.imports.take(ImportStep(step, SITE, DAY, number, **more))

    def sums(self, table: str = "totals_hour", counter: str = "pageviews") -> int:
        return int(self.engine.writer.query(f"SELECT sum({counter}) FROM {table}").rows[0][0])  # noqa: S608


@pytest.fixture
def stage(module_engine: Engine, redis_client: Client, tmp_path: Path) -> Stage:
    module_engine.empty()
    return Stage(module_engine, redis_client, tmp_path)


@pytest.mark.external
def test_every_step_may_be_repeated(stage: Stage) -> None:
    for _ in range(2):
        assert stage.step(Step.LOOK) is DayIs.FREE
        assert stage.step(Step.BEGIN) is DayIs.FREE
    for number in (1, 1, 2):
        stage.step(Step.TAKE, number, facts=FACTS)
    stage.step(Step.TAKE, 0, facts=OUTCOMES)
    stage.step(Step.TAKE, 0, facts=OUTCOMES)
    pageviews = 2 * sum(fact.pageviews for fact in FACTS.events)
    assert stage.sums() == pageviews
    assert [stage.step(Step.FINISH), stage.step(Step.FINISH)] == [DayIs.COUNTED] * 2
    assert stage.sums("outcomes", "hits") == sum(fact.hits for fact in OUTCOMES.outcomes)
    assert stage.step(Step.LOOK) is DayIs.COUNTED
    assert stage.step(Step.BEGIN) is DayIs.COUNTED
    assert (stage.sums(), stage.sums("open_cells")) == (pageviews, 0)


def test_a_day_that_is_begun_again_is_counted_from_nothing(stage: Stage) -> None:
    stage.step(Step.BEGIN)
    stage.step(Step.TAKE, 1, facts=FACTS)
    once = stage.sums()
    assert stage.step(Step.BEGIN) is DayIs.FREE
    assert (stage.sums(), stage.sums("open_cells")) == (0, 0)
    stage.step(Step.TAKE, 1, facts=FACTS)
    assert stage.sums() == once > 0


def test_nobody_else_closes_the_day_meanwhile(stage: Stage) -> None:
    stage.step(Step.BEGIN)
    stage.step(Step.TAKE, 1, facts=FACTS)
    assert stage.closes.ask_for_forgotten() == []
    assert stage.closes.ask(SITE, DAY).state is DayState.ENDING
    assert not stage.closes.waiting()


def test_a_broken_import_is_taken_back_once_and_a_whole_one_is_not(stage: Stage) -> None:
    assert stage.imports.take_back() is None
    stage.step(Step.BEGIN)
    stage.step(Step.TAKE, 1, facts=FACTS)
    assert stage.imports.take_back() == (SITE, DAY)
    assert stage.imports.take_back() is None
    assert stage.sums() == 0
    assert [entry["kind"] for entry in entries(stage.directory)] == ["import_begun", "import_taken_back"]
    with pytest.raises(QueryError, match="taken back"):
        stage.step(Step.TAKE, 2, facts=FACTS)

    stage.step(Step.BEGIN)
    stage.step(Step.TAKE, 1, facts=FACTS)
    note = (stage.directory / "import-day").read_bytes()
    stage.step(Step.FINISH)
    (stage.directory / "import-day").write_bytes(note)  # killed between the mark and the note's end
    stage.imports.take_back()
    assert stage.sums() > 0


HITS = sum(fact.hits for fact in OUTCOMES.outcomes)


def test_outcomes_of_an_import_that_was_broken_off_are_not_counted(stage: Stage) -> None:
    stage.step(Step.BEGIN)
    stage.step(Step.TAKE, 0, facts=OUTCOMES)
    stage.imports.take_back()
    assert stage.sums("outcomes", "hits") == 0

    stage.step(Step.BEGIN)
    other = msgspec.structs.replace(OUTCOMES, outcomes=OUTCOMES.outcomes[:1])
    stage.step(Step.TAKE, 0, facts=other)
    stage.step(Step.FINISH)
    assert stage.sums("outcomes", "hits") == other.outcomes[0].hits


def test_outcomes_of_a_day_whose_import_died_after_its_close_are_counted_once(stage: Stage) -> None:
    stage.step(Step.BEGIN)
    stage.step(Step.TAKE, 1, facts=FACTS)
    stage.step(Step.TAKE, 0, facts=OUTCOMES)
    note = (stage.directory / "import-day").read_bytes()
    stage.closes.close_imported(SITE, DAY)  # and dies
    stage.imports.take_back()
    assert stage.sums("outcomes", "hits") == HITS
    (stage.directory / "import-day").write_bytes(note)  # killed before the note's end
    stage.imports.take_back()
    assert stage.sums("outcomes", "hits") == HITS


@pytest.mark.external
def test_a_log_can_be_imported_again_after_its_site_was_erased(
    stage: Stage, redis_client: Client, tmp_path: Path
) -> None:
    """ClickHouse remembers tokens of rows that were deleted."""
    other = [msgspec.structs.replace(fact, site="other.example") for fact in OUTCOMES.outcomes]
    insert_facts(stage.engine.writer, FactBatch(outcomes=other), "other")
    found = []
    for _ in range(2):
        stage.step(Step.BEGIN)
        stage.step(Step.TAKE, 1, facts=FACTS)
        stage.step(Step.TAKE, 0, facts=OUTCOMES)
        stage.step(Step.FINISH)
        found.append([stage.sums(), stage.sums("outcomes", "hits"), stage.sums("cells"), stage.sums("carry")])
        stage.engine.writer.command("OPTIMIZE TABLE outcomes FINAL")
        delete_rows(stage.engine.writer, SITE)
        stage = Stage(stage.engine, redis_client, tmp_path)  # it was stopped meanwhile
        assert stage.sums("outcomes", "hits") == HITS
    assert found == [found[0]] * 2
    assert all(found[0])


def test_a_day_is_not_folded_before_the_sites_pages_are_known(stage: Stage) -> None:
    stage.step(Step.BEGIN)
    stage.step(Step.TAKE, 1, facts=FACTS)
    stage.knows_pages = False
    with pytest.raises(UnavailableError):
        stage.step(Step.FINISH)
    stage.knows_pages = True
    assert stage.step(Step.FINISH) is DayIs.COUNTED


def test_what_can_not_be_imported_is_refused(stage: Stage) -> None:
    with pytest.raises(QueryError, match="was not begun"):
        stage.step(Step.TAKE, 1, facts=FACTS)
    with pytest.raises(QueryError, match=r"no site 'none\.example'"):
        stage.imports.take(ImportStep(Step.LOOK, "none.example", DAY))
    stage.now = day_end(DAY, "UTC") - 1
    assert stage.step(Step.LOOK) is DayIs.RUNNING
    stage.now += 1 + 86_400
    stage.engine.writer.insert("cells_running", ROW_TYPES, ROW, token="x")
    assert stage.step(Step.BEGIN) is DayIs.OPEN
    assert not (stage.directory / "import-day").exists()


def test_a_day_whose_cells_a_limit_has_deleted_is_counted_already(stage: Stage) -> None:
    stage.engine.writer.insert("totals_hour", ROW_TYPES, ROW, token="y")
    assert stage.step(Step.LOOK) is DayIs.COUNTED

"""A day that is over gets closed whoever lost its request, once, and not before nothing can follow."""

import json
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from appliance.anonymize.keyring import day_key_name
from appliance.clock import day_end
from appliance.errors import QueryError, UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, Settings, SiteSettings
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client
from appliance.state.open_days import OpenDays
from appliance.stats.day_close import DayState
from appliance.supervisor.parts.day_closes import DayCloses
from appliance.warehouse import close
from appliance.warehouse.client import WriteClient
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.writer import Writer
from tests.kit.engine import Engine
from tests.kit.facts import random_batch
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

EAST, WEST, GONE = "east.example", "west.example", "gone.example"
DAY = date(2026, 11, 23)
NUMBER = (DAY - date(1970, 1, 1)).days
SETTINGS = Settings(
    sites=(SiteSettings(id=EAST, timezone="Asia/Kathmandu"), SiteSettings(id=WEST, timezone="America/Detroit")),
    redis=RedisSettings(shards=1),
)
HOUR = 3600
EAST_ENDS, WEST_ENDS = day_end(DAY, "Asia/Kathmandu"), day_end(DAY, "America/Detroit")


class Stage:
    """Three sites with open cells of one day, and nothing in Redis."""

    def __init__(self, engine: Engine, redis: Client, directory: Path) -> None:
        self.now = WEST_ENDS + HOUR
        self.engine, self.redis, self.directory = engine, redis, directory
        self.closes = self.new()
        self.count(1)

    def new(self) -> DayCloses:
        writer = self.engine.writer
        evidence = EvidenceLog(self.directory / "evidence.jsonl")
        return DayCloses(
            SETTINGS, writer, ClosedDays(writer), self.redis, evidence, lambda: self.now, lambda _: frozenset()
        )

    def count(self, seed: int) -> None:
        facts = random_batch(Random(seed), 60, (EAST, WEST, GONE), (NUMBER,))
        entries = [MemoryEntry(0, f"{seed}-0", facts)]
        Writer(self.engine.writer, MemoryOutbox(entries), MemoryNote, lambda: 0.0).flush_once()

    def said(self) -> list[tuple[str, str]]:
        lines = (self.directory / "evidence.jsonl").read_text().splitlines()
        return [(entry["kind"], entry["site"]) for entry in map(json.loads, lines)]

    def open_sites(self) -> list[str]:
        return [row[0] for row in self.engine.reader.query("SELECT DISTINCT site FROM open_cells ORDER BY site").rows]


@pytest.fixture
def stage(module_engine: Engine, redis_client: Client, tmp_path: Path) -> Stage:
    module_engine.empty()
    return Stage(module_engine, redis_client, tmp_path)


def test_forgotten_days_are_closed_an_hour_after_the_end_of_each_site_s_own_day(stage: Stage) -> None:
    for moment, left in (
        (EAST_ENDS + HOUR - 1, [EAST, GONE, WEST]),
        (EAST_ENDS + HOUR, [GONE, WEST]),
        (WEST_ENDS + HOUR - 1, [GONE, WEST]),
        (WEST_ENDS + HOUR, [GONE]),
        (day_end(DAY, "Etc/GMT+12") + HOUR, []),  # not configured any more: it ends with the last zone
    ):
        stage.now = moment
        stage.closes.ask_for_forgotten()
        stage.closes.close_ready()
        assert stage.open_sites() == left
    assert stage.said() == [(kind, site) for site in (EAST, WEST, GONE) for kind in ("close_requested", "day_closed")]


def test_days_that_the_worker_knows_of_or_has_handed_over_are_left_to_it(stage: Stage) -> None:
    OpenDays(stage.redis).add([day_key_name(EAST, DAY)])
    CloseRequests(stage.redis, 1).request(WEST, DAY)
    assert stage.closes.ask_for_forgotten() == []
    assert [request.site for request in CloseRequests(stage.redis, 1).pending()] == [WEST]


def test_it_looks_at_the_start_and_once_an_hour(stage: Stage) -> None:
    stage.now = EAST_ENDS
    stage.closes.ask_for_forgotten_if_due()
    stage.now += HOUR - 1
    stage.closes.ask_for_forgotten_if_due()
    assert not stage.closes.waiting()
    stage.now += 1
    stage.closes.ask_for_forgotten_if_due()
    assert stage.closes.waiting()
    stage.closes.close_ready()
    stage.now = WEST_ENDS + HOUR
    stage.new().ask_for_forgotten_if_due()
    assert stage.closes.waiting()


def test_what_came_after_the_close_is_dropped(stage: Stage) -> None:
    stage.closes.ask(EAST, DAY)
    stage.closes.close_ready()
    before = stage.engine.reader.query("SELECT count(), sum(visits) FROM cells").rows
    stage.count(2)
    assert EAST in stage.open_sites()
    stage.closes.ask_for_forgotten()
    stage.closes.close_ready()
    assert EAST not in stage.open_sites()
    rows = stage.engine.reader.query(f"SELECT count(), sum(visits) FROM cells WHERE site = '{EAST}'").rows  # noqa: S608
    assert rows == before


def test_a_day_that_cannot_be_closed_keeps_no_other_from_it(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    for site in (EAST, WEST):
        stage.closes.ask(site, DAY)
    with monkeypatch.context() as patched:
        keep_day = close.keep_day

        def refusing(client: WriteClient, days: ClosedDays, site: str, day: date, rules: Rules) -> object:
            if site == EAST:
                raise UnavailableError("the disk is full")
            return keep_day(client, days, site, day, rules)

        patched.setattr(close, "keep_day", refusing)
        with pytest.raises(UnavailableError, match=f"{DAY} of '{EAST}' is not closed: the disk is full"):
            stage.closes.close_ready()
    assert stage.open_sites() == [EAST, GONE]
    stage.closes.close_ready()
    assert stage.open_sites() == [GONE]


def test_days_are_closed_one_by_one_where_that_is_asked_for(stage: Stage) -> None:
    for site in (EAST, WEST):
        stage.closes.ask(site, DAY)
    assert [stage.closes.close_ready(limit=1) for _ in range(3)] == [1, 1, 0]
    assert stage.open_sites() == [GONE]


def test_open_cells_of_days_that_end_together_are_deleted_at_once(stage: Stage) -> None:
    for site in (EAST, WEST):
        stage.closes.ask(site, DAY)
    asked, before = stage.said(), rewritten(stage)

    stage.closes.close_ready(limit=1)
    assert stage.open_sites() == [EAST, GONE, WEST]
    assert (stage.said(), rewritten(stage)) == (asked, before)
    assert stage.closes.waiting()

    stage.closes.close_ready(limit=1)
    assert stage.open_sites() == [GONE]
    assert (len(stage.said()), rewritten(stage)) == (len(asked) + 2, before + 1)
    assert not stage.closes.waiting()


def test_a_deletion_that_fails_is_tried_again_before_the_evidence_says_anything(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    stage.closes.ask(EAST, DAY)
    asked = stage.said()
    with monkeypatch.context() as patched:

        def refusing(*_: object) -> None:
            raise UnavailableError("the disk is full")

        patched.setattr(close, "forget_days", refusing)
        with pytest.raises(UnavailableError, match="open counters of 1 closed days are not deleted: the disk is full"):
            stage.closes.close_ready()
    assert (stage.said(), stage.closes.waiting()) == (asked, True)
    stage.closes.close_ready()
    assert stage.open_sites() == [GONE, WEST]
    assert (len(stage.said()), stage.closes.waiting()) == (len(asked) + 1, False)


def rewritten(stage: Stage) -> int:
    found = stage.engine.writer.query("SELECT count() FROM system.mutations WHERE table = 'cells_running'")
    return int(found.rows[0][0])


def test_evidence_that_cannot_be_written_is_an_engine_away_and_not_the_end(stage: Stage) -> None:
    (stage.directory / "evidence.jsonl").mkdir()
    with pytest.raises(UnavailableError, match="evidence log"):
        stage.closes.ask_for_forgotten_if_due()
    (stage.directory / "evidence.jsonl").rmdir()
    stage.closes.ask_for_forgotten_if_due()
    (stage.directory / "evidence.jsonl").unlink()
    (stage.directory / "evidence.jsonl").mkdir()
    with pytest.raises(UnavailableError, match="evidence log"):
        stage.closes.close_ready()
    (stage.directory / "evidence.jsonl").rmdir()
    stage.closes.close_ready()
    assert stage.open_sites() == [GONE]


def test_the_operator_is_told_how_far_a_close_is(stage: Stage) -> None:
    def state() -> DayState:
        return stage.closes.ask(EAST, DAY).state

    OpenDays(stage.redis).add([day_key_name(EAST, DAY)])
    assert state() is DayState.ENDING
    OpenDays(stage.redis).remove([day_key_name(EAST, DAY)])
    stage.now = EAST_ENDS + HOUR - 1
    assert state() is DayState.ENDING
    stage.now += 1
    assert [state(), state()] == [DayState.CLOSING] * 2
    stage.closes.close_ready()
    assert [state(), state()] == [DayState.CLOSED] * 2
    assert stage.said() == [("close_requested", EAST), ("day_closed", EAST)]
    assert stage.closes.ask(EAST, DAY - timedelta(days=1)).state is DayState.EMPTY


def test_a_day_that_is_not_over_and_a_site_that_is_not_there_are_refused(stage: Stage) -> None:
    stage.now = EAST_ENDS - 1
    with pytest.raises(QueryError, match=r"2026-11-23 is not over at 'east\.example' \(Asia/Kathmandu\)"):
        stage.closes.ask(EAST, DAY)
    with pytest.raises(QueryError, match="there is no site"):
        stage.closes.ask(GONE, DAY)
    assert not stage.closes.waiting()

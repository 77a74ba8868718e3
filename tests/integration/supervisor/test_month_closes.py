"""A month is closed by itself when it is over and all its days are closed, once, with evidence."""

import json
from datetime import date
from pathlib import Path

import pytest

from appliance.anonymize.keyring import day_key_name
from appliance.clock import day_end
from appliance.errors import UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, Settings, SiteSettings
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client
from appliance.state.open_days import OpenDays
from appliance.supervisor.parts.month_closes import MonthCloses
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from tests.kit.closed_month import OTHER, RULES, SITE, close_days, count, n_carried, stored
from tests.kit.engine import Engine

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

SETTINGS = Settings(
    sites=(SiteSettings(id=SITE, timezone="Asia/Kathmandu"), SiteSettings(id=OTHER, timezone="America/Detroit")),
    redis=RedisSettings(shards=1),
)
HOURS = 3600
LAST = date(2026, 10, 31)
IS_OVER = day_end(LAST, "Asia/Kathmandu") + 2 * HOURS


class Stage:
    """Two sites whose days of October are closed, and the clock."""

    def __init__(self, engine: Engine, redis: Client, directory: Path) -> None:
        self.now = IS_OVER
        self.is_importing = False
        self.engine, self.redis, self.directory = engine, redis, directory
        self.months = self.new()
        count(engine)
        close_days(engine)

    def new(self) -> MonthCloses:
        writer = self.engine.writer
        evidence = EvidenceLog(self.directory / "evidence.jsonl")
        return MonthCloses(
            *(SETTINGS, writer, ClosedDays(writer), self.redis, evidence),
            lambda: self.now,
            lambda: self.is_importing,
        )

    def said(self) -> list[tuple[str, str, str]]:
        file = self.directory / "evidence.jsonl"
        lines = file.read_text().splitlines() if file.exists() else []
        return [(entry["kind"], entry["site"], entry["month"]) for entry in map(json.loads, lines)]


@pytest.fixture
def stage(module_engine: Engine, redis_client: Client, tmp_path: Path) -> Stage:
    module_engine.empty()
    return Stage(module_engine, redis_client, tmp_path)


def test_each_site_s_month_is_closed_two_hours_after_its_own_end(stage: Stage) -> None:
    for moment, closed in (
        (IS_OVER - 1, 0),
        (IS_OVER, 1),
        (day_end(LAST, "America/Detroit") + 2 * HOURS - 1, 0),
        (day_end(LAST, "America/Detroit") + 2 * HOURS, 1),
    ):
        stage.now = moment
        assert stage.months.run(now=True) == closed
    assert stage.said() == [("month_closed", SITE, "2026-10"), ("month_closed", OTHER, "2026-10")]
    assert n_carried(stage.engine) == n_carried(stage.engine, OTHER) == 0
    assert stored(stage.engine)
    assert stage.new().run() == 0


def test_it_waits_for_days_that_redis_knows_to_be_open_or_handed_over(stage: Stage) -> None:
    OpenDays(stage.redis).add([day_key_name(SITE, LAST)])
    assert stage.months.run(now=True) == 0
    CloseRequests(stage.redis, 1).request(SITE, LAST)
    OpenDays(stage.redis).remove([day_key_name(SITE, LAST)])
    assert stage.months.run(now=True) == 0
    CloseRequests(stage.redis, 1).done(CloseRequests(stage.redis, 1).pending()[0])
    assert stage.months.run(now=True) == 1


def test_it_waits_for_open_days_that_only_clickhouse_knows(stage: Stage) -> None:
    count(stage.engine, [LAST.replace(day=20)], seed=2)
    assert stage.months.run(now=True) == 0
    close_day(stage.engine.writer, ClosedDays(stage.engine.writer), SITE, LAST.replace(day=20), RULES)
    assert stage.months.run(now=True) == 1


def test_it_waits_for_an_import_of_logs(stage: Stage) -> None:
    stage.is_importing = True
    assert stage.months.run(now=True) == 0
    stage.is_importing = False
    assert stage.months.run(now=True) == 1


def test_it_looks_once_a_minute_unless_a_day_was_closed(stage: Stage) -> None:
    stage.now = IS_OVER - 30
    assert stage.months.run() == 0
    stage.now = IS_OVER
    assert stage.months.run() == 0
    assert stage.months.run(now=True) == 1
    stage.now = day_end(LAST, "America/Detroit") + 2 * HOURS
    assert stage.months.run() == 1


def test_evidence_that_could_not_be_written_is_written_by_the_next_attempt(stage: Stage) -> None:
    (stage.directory / "evidence.jsonl").mkdir()
    with pytest.raises(UnavailableError, match="a month is not closed: the evidence log"):
        stage.months.run()
    before = stored(stage.engine)
    (stage.directory / "evidence.jsonl").rmdir()
    assert stage.new().run() == 1
    assert stage.said() == [("month_closed", SITE, "2026-10")]
    assert stored(stage.engine) == before


def test_months_missed_while_stopped_are_closed_together(stage: Stage) -> None:
    november = [date(2026, 11, 2), date(2026, 11, 3), date(2026, 11, 4)]
    count(stage.engine, november, seed=3)
    close_days(stage.engine, november)
    stage.now = day_end(date(2026, 12, 5), "UTC")
    assert stage.months.run() == 4
    assert {month for _, _, month in stage.said()} == {"2026-10", "2026-11"}

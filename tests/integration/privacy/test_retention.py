"""The nightly run: once a day, proved in the evidence log, and loud when it fails."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import UnavailableError
from appliance.privacy import retention as module
from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.retention import Retention
from tests.kit.engine import Engine

pytestmark = pytest.mark.clickhouse

START = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Night:
    """A retention on an engine, with a clock and a log of its own."""

    def __init__(self, engine: Engine, directory: Path) -> None:
        self.engine = engine
        self.now = START
        self.leap = timedelta()
        self.logged: list[tuple[str, dict[str, Any]]] = []
        self.path = directory / "evidence.jsonl"
        self.evidence = EvidenceLog(self.path)
        self.retention = self.restarted()

    def restarted(self) -> Retention:
        def log(event: str, level: str = "info", **values: Any) -> None:
            self.logged.append((event, values))

        return Retention(
            self.engine.settings,
            self.engine.writer,
            self.evidence,
            clock=lambda: (self.now + self.leap).timestamp(),
            log=log,
            steady=lambda: (self.now - START).total_seconds() + 1000,
        )

    def entries(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in self.entries()]

    def outcome_days(self) -> list[str]:
        return [str(row[0]) for row in self.engine.writer.query("SELECT DISTINCT day FROM outcomes ORDER BY day").rows]


@pytest.fixture
def night(module_engine: Engine, tmp_path: Path) -> Night:
    module_engine.empty()
    module_engine.writer.command(
        "INSERT INTO outcomes VALUES ('a', '2025-10-22', 0, 'accepted', 1), ('a', '2025-10-23', 0, 'accepted', 1),"
        " ('a', '2025-10-24', 0, 'accepted', 1), ('a', '2026-11-23', 0, 'accepted', 1)"
    )
    return Night(module_engine, tmp_path)


def test_a_run_deletes_and_proves_it(night: Night) -> None:
    assert night.retention.run_if_due()
    assert night.outcome_days() == ["2025-10-23", "2025-10-24", "2026-11-23"]
    started, done = night.entries()
    assert started["kind"] == "retention_started"
    assert started["limits"]["outcomes"] == "13 months"
    assert started["tables"]["outcomes"] == {"rows": 4, "oldest": "2025-10-22", "expired": 1}
    assert done["kind"] == "retention_done"
    assert done["tables"]["outcomes"] == {"rows": 3, "oldest": "2025-10-23", "expired": 0}
    assert done["deleted"]["outcomes"]["partitions_rewritten"] == 1
    assert night.evidence.verify().broken_at is None


def test_it_runs_once_a_day_and_at_each_start(night: Night) -> None:
    assert [night.retention.run_if_due() for _ in range(3)] == [True, False, False]
    night.now += timedelta(hours=12)
    assert [night.retention.run_if_due() for _ in range(2)] == [True, False]
    assert night.outcome_days()[0] == "2025-10-24"
    assert night.restarted().run_if_due()


def test_a_failure_is_said_everywhere_and_tried_again(night: Night, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> Any:
        raise UnavailableError("ClickHouse could not run a statement")

    with monkeypatch.context() as patched:
        patched.setattr(module, "delete_expired", broken)
        assert not night.retention.run_if_due()
        assert night.retention.problem == "Old data could not be deleted: ClickHouse could not run a statement."
        assert night.kinds() == ["retention_started", "retention_failed"]
        assert night.logged == [("retention_failed", {"reason": "ClickHouse could not run a statement"})]
        assert not night.retention.run_if_due()
        assert len(night.entries()) == 2
        night.now += timedelta(seconds=61)
        night.retention.run_if_due()
        night.now += timedelta(seconds=61)
        night.retention.run_if_due()
        assert night.kinds().count("retention_failed") == 2
    night.now += timedelta(seconds=61)
    assert night.retention.run_if_due()
    assert night.retention.problem == ""


def test_without_evidence_nothing_is_deleted_and_that_is_said(night: Night) -> None:
    night.path.mkdir()
    assert not night.retention.run_if_due()
    assert "evidence log" in night.retention.problem
    assert night.outcome_days()[0] == "2025-10-22"


def test_a_missing_run_is_a_problem_after_two_days(night: Night) -> None:
    night.retention.run_if_due()
    night.now += timedelta(hours=47)
    assert night.retention.problem == ""
    night.now += timedelta(hours=2)
    assert night.retention.problem == "Old data were not deleted since 2026-11-23: the nightly run is missing."


def test_old_evidence_goes_with_its_own_limit(night: Night) -> None:
    night.evidence.append("key_destroyed", datetime(2021, 11, 22, tzinfo=UTC).timestamp(), site="a", day="2021-11-21")
    night.evidence.append("key_destroyed", datetime(2021, 11, 23, tzinfo=UTC).timestamp(), site="a", day="2021-11-22")
    night.retention.run_if_due()
    assert night.kinds() == [
        "evidence_checkpoint", "key_destroyed", "retention_started", "retention_done", "evidence_shortened"
    ]  # fmt: skip
    assert night.evidence.verify().broken_at is None


def test_the_plan_says_what_the_run_would_delete_and_deletes_nothing(night: Night) -> None:
    night.evidence.append("key_destroyed", 0.0, site="a", day="1969-12-31")
    planned = {line.kind: line for line in night.retention.plan()}
    assert (planned["outcomes"].rows, planned["outcomes"].first_kept) == (1, "2025-10-23")
    assert (planned["evidence"].rows, planned["day_cells"].rows) == (1, 0)
    assert len(night.outcome_days()) == 4
    night.retention.run_if_due()
    assert {line.rows for line in night.retention.plan()} == {0}


def test_a_clock_that_leaps_deletes_nothing_until_it_was_steady(night: Night) -> None:
    assert night.retention.run_if_due()
    before = night.outcome_days()
    night.leap = timedelta(days=3650)
    for _ in range(9):
        night.now += timedelta(minutes=1)
        assert not night.retention.run_if_due()
    night.leap = timedelta(days=1)
    assert not night.retention.run_if_due()
    assert night.outcome_days() == before
    night.now += timedelta(minutes=9)
    assert not night.retention.run_if_due()
    night.now += timedelta(minutes=2)
    assert night.retention.run_if_due()
    assert night.outcome_days() == before[1:]
    assert [event for event, _ in night.logged].count("retention_waits") == 2


def test_a_start_long_after_the_last_sign_waits_for_the_clock(night: Night) -> None:
    night.evidence.append("key_destroyed", (START - timedelta(days=32)).timestamp())
    again = night.restarted()
    assert not again.run_if_due()
    night.now += timedelta(minutes=11)
    assert again.run_if_due()
    assert night.restarted().run_if_due()

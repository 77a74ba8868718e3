"""What the doctor reads from the evidence log and from the configuration."""

from datetime import date
from pathlib import Path

import pytest

from appliance.privacy.evidence import EvidenceLog
from appliance.settings import parse
from appliance.supervisor.doctor.finding import Level
from appliance.supervisor.doctor.history import (
    History,
    check_evidence,
    check_history,
    check_promises,
    read_history,
)

DAY = 86_400.0
NOW = 1_795_000_000.0
NOTHING = History({}, set(), None, None, 0)
SITES = {"sites": [{"id": "a.example"}, {"id": "b.example"}]}


@pytest.fixture
def log(tmp_path: Path) -> EvidenceLog:
    return EvidenceLog(tmp_path / "evidence.jsonl")


def test_reads_closes_deletions_and_lost_keys(log: EvidenceLog) -> None:
    for day in ("2026-11-02", "2026-11-01"):
        log.append("day_closed", NOW - 9, site="a.example", day=day)
    log.append("retention_failed", NOW - 8, reason="the disk is full")
    log.append("retention_done", NOW - 7)
    log.append("key_lost", NOW - 6)
    log.append("backup_taken", NOW - 5)
    log.append("backup_begun", NOW - 4)
    log.append("key_lost", NOW - 40 * DAY)
    log.append("redis_emptied", NOW - 4)
    log.append("redis_emptied", NOW - 4)
    log.append("redis_emptied", NOW - 40 * DAY)
    assert read_history(log.lines(), NOW) == History(
        {"a.example": date(2026, 11, 2)},
        {date(2026, 11, 1), date(2026, 11, 2)},
        NOW - 7,
        (NOW - 8, "the disk is full"),
        1,
        2,
        NOW - 5,
        NOW - 9,
        NOW - 4,
    )


def test_lines_that_are_none_are_passed_over() -> None:
    assert read_history([b"", b"{}", b'{"kind":"day_closed"}', b"\xff"], NOW) == NOTHING


def test_a_chain_that_holds_is_fine_and_a_changed_line_is_a_fault(log: EvidenceLog, tmp_path: Path) -> None:
    assert check_evidence(log).level is Level.FINE
    for kind in ("one", "two", "three"):
        log.append(kind, NOW)
    assert check_evidence(log).text == "3 entries, the chain holds"
    file = tmp_path / "evidence.jsonl"
    file.write_bytes(file.read_bytes().replace(b"two", b"six"))
    found = check_evidence(log)
    assert (found.level, found.text) == (Level.FAULT, "the chain breaks at line 3")


@pytest.mark.parametrize(
    ("done", "failed", "level"),
    [
        (None, None, Level.FINE),
        (NOW - DAY, None, Level.FINE),
        (NOW - 3 * DAY, None, Level.FAULT),
        (NOW - DAY, (NOW - 2 * DAY, "why"), Level.FINE),
        (NOW - DAY, (NOW - 1, "why"), Level.FAULT),
        (None, (NOW - 1, "why"), Level.FAULT),
    ],
)
def test_a_deletion_that_failed_or_is_missing_is_a_fault(
    done: float | None, failed: tuple[float, str] | None, level: Level, tmp_path: Path
) -> None:
    history = NOTHING._replace(last_deletion=done, last_failure=failed)
    assert check_history(history, parse(SITES, base=tmp_path), NOW)[1].level is level


def test_closes_of_configured_sites_are_shown(tmp_path: Path) -> None:
    history = NOTHING._replace(
        last_close={"a.example": date(2026, 11, 2), "gone.example": date(2026, 11, 1)}, lost_keys=2
    )
    closes, _, _, keys = check_history(history, parse(SITES, base=tmp_path), NOW)
    assert closes.text == "last closed: a.example 2026-11-02"
    assert (keys.level, keys.text) == (Level.NOTE, "lost 2 times in 31 days")


@pytest.mark.parametrize(
    ("last", "level"), [(None, Level.NOTE), (NOW - 40 * DAY, Level.NOTE), (NOW - 30 * DAY, Level.FINE)]
)
def test_a_backup_that_is_missing_or_old_is_noted(last: float | None, level: Level, tmp_path: Path) -> None:
    found = check_history(NOTHING._replace(last_backup=last), parse(SITES, base=tmp_path), NOW)[2]
    assert (found.about, found.level) == ("backup", level)


def test_a_relaxation_whose_review_is_due_is_a_warning(tmp_path: Path) -> None:
    relaxation = {"setting": "privacy.referrer_path", "reason": "r", "approved_by": "Jo", "review_by": "2026-11-01"}
    settings = parse(SITES | {"privacy": {"referrer_path": True, "relaxations": [relaxation]}}, base=tmp_path)
    assert check_promises(settings, date(2026, 11, 1)) == []
    (found,) = check_promises(settings, date(2026, 11, 2))
    assert (found.level, found.about) == (Level.WARNING, "privacy")


def test_a_test_clock_is_a_fault_and_no_site_a_warning(tmp_path: Path) -> None:
    settings = parse({"server": {"test_clock_file": "clock"}}, base=tmp_path)
    assert [one.level for one in check_promises(settings, date(2026, 11, 2))] == [Level.FAULT, Level.WARNING]


def test_a_key_of_whose_end_nothing_is_written_is_a_fault(log: EvidenceLog, tmp_path: Path) -> None:
    for site, day, at in (
        ("a.example", "2026-11-01", NOW - 3 * DAY),
        ("a.example", "2026-11-02", NOW - 2 * DAY),
        ("a.example", "2026-11-03", NOW - DAY),  # may live
        ("b.example", "2026-11-01", NOW - 3 * DAY),
        ("c.example", "2026-11-01", NOW - 3 * DAY),
    ):
        log.append("key_created", at, site=site, day=day)
    assert read_history(log.lines(), NOW).old_keys == (
        "a.example 2026-11-01",
        "a.example 2026-11-02",
        "b.example 2026-11-01",
        "c.example 2026-11-01",
    )
    log.append("key_destroyed", NOW, site="a.example", day="2026-11-01")
    log.append("day_closed", NOW, site="b.example", day="2026-11-01")  # its key was lost with the machine's memory
    log.append("site_erased", NOW, site="c.example")
    past = read_history(log.lines(), NOW)
    assert past.old_keys == ("a.example 2026-11-02",)
    (fault,) = [one for one in check_history(past, parse(SITES, base=tmp_path), NOW) if one.about == "keys"]
    assert fault.level is Level.FAULT
    assert "a.example 2026-11-02" in fault.text
    assert "keys expire" in fault.remedy


@pytest.mark.parametrize(("ahead", "levels"), [(-60.0, []), (500.0, []), (700.0, [Level.WARNING])])
def test_a_clock_behind_the_evidence_is_a_warning(
    log: EvidenceLog, tmp_path: Path, ahead: float, levels: list[Level]
) -> None:
    log.append("day_closed", NOW + ahead, site="a.example", day="2026-11-01")
    found = check_history(read_history(log.lines(), NOW), parse(SITES, base=tmp_path), NOW)
    assert [one.level for one in found if one.about == "clock"] == levels

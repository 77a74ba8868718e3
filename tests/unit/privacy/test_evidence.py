"""The evidence chain shows every later change."""

from pathlib import Path

import pytest

from appliance.errors import ApplianceError
from appliance.privacy.evidence import EvidenceLog


@pytest.fixture
def log(tmp_path: Path) -> EvidenceLog:
    evidence = EvidenceLog(tmp_path / "evidence.jsonl")
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        evidence.append("key_destroyed", 1_767_225_600.0, site="example.org", day=day)
    return evidence


def test_untouched_chain_holds(log: EvidenceLog) -> None:
    verdict = log.verify()
    assert (verdict.entries, verdict.broken_at) == (3, None)


def test_edited_line_breaks_the_chain(log: EvidenceLog, tmp_path: Path) -> None:
    path = tmp_path / "evidence.jsonl"
    path.write_text(path.read_text().replace("2026-01-02", "2026-01-09"))
    assert log.verify().broken_at == 3


def test_removed_line_breaks_the_chain(log: EvidenceLog, tmp_path: Path) -> None:
    path = tmp_path / "evidence.jsonl"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[1:]))
    assert log.verify().broken_at == 1


def test_line_cut_by_a_crash_stays_visible_and_the_log_goes_on(log: EvidenceLog, tmp_path: Path) -> None:
    path = tmp_path / "evidence.jsonl"
    path.write_bytes(path.read_bytes()[:-20])
    log.append("key_destroyed", 0.0, site="example.org", day="2026-01-04")
    assert len(path.read_bytes().splitlines()) == 4
    assert log.verify().broken_at == 3


def test_head_names_the_whole_history(log: EvidenceLog) -> None:
    before = log.verify().head
    log.append("key_created", 0.0, site="example.org")
    assert log.verify().head != before


def test_log_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ApplianceError, match="cannot be written"):
        EvidenceLog(tmp_path / "missing" / "evidence.jsonl").append("key_created", 0.0)

"""Which days are over for good follows the evidence log while it grows, is shortened, and after an erasure."""

from pathlib import Path

import pytest

from appliance.privacy.ended_days import EndedDays
from appliance.privacy.evidence import EvidenceLog

NOW = 1_795_000_000.0
DAY = "2026-11-01"


@pytest.fixture
def log(tmp_path: Path) -> EvidenceLog:
    return EvidenceLog(tmp_path / "evidence.jsonl")


@pytest.fixture
def ended(tmp_path: Path) -> EndedDays:
    return EndedDays(tmp_path / "evidence.jsonl")


def test_without_a_log_no_day_is_over(ended: EndedDays) -> None:
    assert not ended.has("a.example", DAY)


@pytest.mark.parametrize("kind", ["key_destroyed", "day_closed"])
def test_a_day_is_over_from_its_entry_on(log: EvidenceLog, ended: EndedDays, kind: str) -> None:
    log.append("key_created", NOW, site="a.example", day=DAY)
    log.append("visits_closed", NOW, site="a.example", day=DAY)
    assert not ended.has("a.example", DAY)
    log.append(kind, NOW, site="a.example", day=DAY)
    assert ended.has("a.example", DAY)
    assert not ended.has("a.example", "2026-11-02")
    assert not ended.has("b.example", DAY)


def test_a_line_that_is_being_written_counts_when_it_is_whole(
    log: EvidenceLog, ended: EndedDays, tmp_path: Path
) -> None:
    log.append("key_destroyed", NOW, site="a.example", day=DAY)
    assert ended.has("a.example", DAY)
    with (tmp_path / "evidence.jsonl").open("ab") as file:
        file.write(b'{"kind":"key_destroyed","site":"a.example",')
        file.flush()
        assert not ended.has("a.example", "2026-11-02")
        file.write(b'"day":"2026-11-02"}\n')
    assert ended.has("a.example", "2026-11-02")


def test_a_site_that_was_erased_begins_anew(log: EvidenceLog, ended: EndedDays) -> None:
    for site in ("a.example", "b.example"):
        log.append("key_destroyed", NOW, site=site, day=DAY)
    log.append("site_erased", NOW, site="a.example")
    assert not ended.has("a.example", DAY)
    assert ended.has("b.example", DAY)
    log.append("key_destroyed", NOW, site="a.example", day=DAY)
    assert ended.has("a.example", DAY)


def test_a_log_that_was_shortened_is_read_anew(log: EvidenceLog, ended: EndedDays) -> None:
    log.append("key_destroyed", NOW - 10, site="a.example", day="2026-10-01")
    log.append("key_destroyed", NOW, site="a.example", day=DAY)
    assert ended.has("a.example", "2026-10-01")
    log.shorten(NOW - 5, NOW)
    log.append("key_destroyed", NOW, site="a.example", day="2026-11-02")
    assert not ended.has("a.example", "2026-10-01")
    assert ended.has("a.example", DAY)
    assert ended.has("a.example", "2026-11-02")

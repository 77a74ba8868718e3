"""The evidence log is read again when it has changed, and only then."""

from pathlib import Path

import pytest

from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.kept_proceedings import KeptProceedings

NOON = 1_795_600_000.0


class Counted(EvidenceLog):
    """Knows how often all of it was read."""

    readings = 0

    def lines(self) -> list[bytes]:
        self.readings += 1
        return super().lines()


@pytest.fixture
def log(tmp_path: Path) -> Counted:
    return Counted(tmp_path / "evidence.jsonl")


def test_it_is_read_once_for_all_and_once_for_some_sites(log: Counted) -> None:
    log.append("day_closed", NOON, site="a.example", day="2026-11-01")
    kept = KeptProceedings(log, 10)
    assert [kept.of(None).n_entries for _ in range(3)] == [1, 1, 1]
    assert [kept.of(sites).n_entries for sites in (["b.example"], ("b.example",))] == [0, 0]
    assert log.readings == 2


def test_a_new_entry_is_seen_at_once(log: Counted) -> None:
    kept = KeptProceedings(log, 10)
    assert kept.of(None).n_entries == 0
    for number in (1, 2):
        log.append("day_closed", NOON, site="a.example", day=f"2026-11-0{number}")
        assert kept.of(None).n_entries == number


def test_a_line_that_was_changed_in_place_is_still_found_by_the_check(log: Counted, tmp_path: Path) -> None:
    for number in (1, 2):
        log.append("day_closed", NOON, site="a.example", day=f"2026-11-0{number}")
    KeptProceedings(log, 10).of(None)
    path = tmp_path / "evidence.jsonl"
    path.write_bytes(path.read_bytes().replace(b"2026-11-01", b"2026-11-09"))
    assert log.verify().broken_at == 2

"""Which days came from a log follows the evidence log while it grows, is shortened, and after an erasure."""

from datetime import date
from pathlib import Path

import pytest

from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.imported_days import ImportedDays

NOW = 1_795_000_000.0
SITE = "a.example"
FIRST, SECOND, THIRD = (date(2026, 11, number) for number in (1, 2, 3))


@pytest.fixture
def log(tmp_path: Path) -> EvidenceLog:
    return EvidenceLog(tmp_path / "evidence.jsonl")


@pytest.fixture
def imported(tmp_path: Path) -> ImportedDays:
    return ImportedDays(tmp_path / "evidence.jsonl")


def note(log: EvidenceLog, kind: str, day: date, site: str = SITE, at: float = NOW) -> None:
    log.append(kind, at, site=site, day=day.isoformat())


def test_days_of_an_import_are_known_within_their_range_and_at_their_site(
    log: EvidenceLog, imported: ImportedDays
) -> None:
    assert imported.of(SITE, FIRST, THIRD) == []
    note(log, "day_closed", FIRST)
    note(log, "import_begun", THIRD)
    note(log, "import_begun", SECOND)
    assert imported.of(SITE, FIRST, THIRD) == [SECOND, THIRD]
    assert imported.of(SITE, FIRST, SECOND) == [SECOND]
    assert imported.of("b.example", FIRST, THIRD) == []


def test_a_day_that_was_taken_back_is_none_until_it_is_imported_again(log: EvidenceLog, imported: ImportedDays) -> None:
    for kind, expected in (("import_begun", [FIRST]), ("import_taken_back", []), ("import_begun", [FIRST])):
        note(log, kind, FIRST)
        assert imported.of(SITE, FIRST, THIRD) == expected


def test_a_site_that_was_erased_begins_anew(log: EvidenceLog, imported: ImportedDays) -> None:
    note(log, "import_begun", FIRST)
    note(log, "import_begun", FIRST, "b.example")
    log.append("site_erased", NOW, site=SITE)
    assert imported.of(SITE, FIRST, THIRD) == []
    assert imported.of("b.example", FIRST, THIRD) == [FIRST]


def test_a_log_that_was_shortened_is_read_anew(log: EvidenceLog, imported: ImportedDays) -> None:
    note(log, "import_begun", FIRST, at=NOW - 10)
    note(log, "import_begun", SECOND)
    assert imported.of(SITE, FIRST, THIRD) == [FIRST, SECOND]
    log.shorten(NOW - 5, NOW)
    assert imported.of(SITE, FIRST, THIRD) == [SECOND]


def test_a_line_that_names_no_day_hides_no_other(log: EvidenceLog, imported: ImportedDays) -> None:
    log.append("import_begun", NOW, site=SITE, day="yesterday")
    note(log, "import_begun", FIRST)
    assert imported.of(SITE, FIRST, THIRD) == [FIRST]


def test_a_log_that_cannot_be_read_names_no_day(tmp_path: Path, imported: ImportedDays) -> None:
    (tmp_path / "evidence.jsonl").mkdir()
    assert imported.of(SITE, FIRST, THIRD) == []

"""Old lines of the evidence log go, and the chain of the others can be checked as before."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.errors import ApplianceError
from appliance.privacy import evidence
from appliance.privacy.evidence import EvidenceLog

DAY = 86_400.0
NOW = datetime(2026, 11, 23, tzinfo=UTC).timestamp()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "evidence.jsonl"


@pytest.fixture
def log(path: Path) -> EvidenceLog:
    log = EvidenceLog(path)
    for day in range(10, 0, -1):
        log.append("key_destroyed", NOW - day * DAY, site="example.org", day=str(day))
    return log


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_old_lines_go_and_the_rest_stays_as_it_was(log: EvidenceLog, path: Path) -> None:
    before = path.read_text().splitlines()
    assert log.count_before(NOW - 4 * DAY) == 6
    assert log.shorten(NOW - 4 * DAY, NOW) == 6
    assert path.read_text().splitlines()[1:-1] == before[6:]
    first, last = entries(path)[0], entries(path)[-1]
    assert (first["kind"], first["lines"], first["unbroken"]) == ("evidence_checkpoint", 6, 1)
    assert last["kind"] == "evidence_shortened"
    assert log.verify().broken_at is None
    assert path.stat().st_mode & 0o777 == 0o600


def test_nothing_old_changes_nothing(log: EvidenceLog, path: Path) -> None:
    before = path.read_bytes()
    assert log.shorten(NOW - 20 * DAY, NOW) == 0
    assert path.read_bytes() == before


def test_shortening_again_sums_up(log: EvidenceLog, path: Path) -> None:
    log.shorten(NOW - 8 * DAY, NOW)
    log.shorten(NOW - 4 * DAY, NOW + DAY)
    assert entries(path)[0]["lines"] == 6
    assert [entry.get("day") for entry in entries(path)] == [None, "4", "3", "2", "1", None, None]
    log.append("key_created", NOW + DAY)
    assert log.verify().broken_at is None


def test_everything_may_go(log: EvidenceLog, path: Path) -> None:
    assert log.shorten(NOW, NOW) == 10
    assert len(entries(path)) == 2
    assert log.verify().broken_at is None


@pytest.mark.parametrize(
    ("changed", "to", "broken_at"),
    [
        ('"lines":6', '"lines":7', 1),
        ('"resumes":"', '"resumes":"0', 2),
        ('"day":"3"', '"day":"9"', 4),
    ],
)
def test_a_change_breaks_the_chain(log: EvidenceLog, path: Path, changed: str, to: str, broken_at: int) -> None:
    log.shorten(NOW - 4 * DAY, NOW)
    path.write_text(path.read_text().replace(changed, to, 1))
    assert log.verify().broken_at == broken_at


def test_lines_cannot_be_cut_off_behind_a_made_up_checkpoint(log: EvidenceLog, path: Path) -> None:
    log.shorten(NOW - 4 * DAY, NOW)
    lines = path.read_text().splitlines()
    forged = entries(path)[0] | {"resumes": entries(path)[3]["previous"]}
    path.write_text("\n".join([json.dumps(forged), *lines[3:]]) + "\n")
    assert log.verify().broken_at == 1


def test_a_break_among_the_removed_lines_is_not_forgotten(log: EvidenceLog, path: Path) -> None:
    path.write_text(path.read_text().replace('"day":"9"', '"day":"x"'))
    log.shorten(NOW - 6 * DAY, NOW)
    log.shorten(NOW - 4 * DAY, NOW)
    assert entries(path)[0]["unbroken"] == 0
    assert log.verify().broken_at is None


def test_a_failure_leaves_the_log_as_it_was(log: EvidenceLog, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = path.read_bytes()

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(evidence.os, "fsync", full)
        with pytest.raises(ApplianceError, match="cannot be shortened"):
            log.shorten(NOW - 4 * DAY, NOW)
    assert path.read_bytes() == before
    assert log.shorten(NOW - 4 * DAY, NOW) == 6


def test_what_others_write_meanwhile_is_not_lost(log: EvidenceLog, path: Path) -> None:
    others = [threading.Thread(target=_append_many, args=(path, name)) for name in "abc"]
    for other in others:
        other.start()
    for day in range(9, 0, -1):
        log.shorten(NOW - day * DAY, NOW)
    for other in others:
        other.join()
    assert sum(entry["kind"] == "key_created" for entry in entries(path)) == 60
    assert log.verify().broken_at is None


def _append_many(path: Path, name: str) -> None:
    for number in range(20):
        EvidenceLog(path).append("key_created", NOW + number, site=name)

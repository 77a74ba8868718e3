"""What is said about days on which something was lost."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from appliance.privacy.damaged_days import DamagedDays
from appliance.privacy.evidence import EvidenceLog

DAY = date(2026, 11, 1)
EVENING = datetime(2026, 11, 1, 22, 30, tzinfo=UTC).timestamp()


@pytest.fixture
def log(tmp_path: Path) -> EvidenceLog:
    return EvidenceLog(tmp_path / "evidence.jsonl")


def said(damaged: DamagedDays, first: date, last: date, timezone: str = "UTC") -> list[str]:
    found = damaged.of(first, last, timezone)
    assert [day for day, sentence in found if day and day.isoformat() not in sentence] == []
    return [sentence.partition(":")[0] for _, sentence in found]


def test_a_loss_is_said_of_its_day_alone_and_once(log: EvidenceLog, tmp_path: Path) -> None:
    damaged = DamagedDays(tmp_path / "evidence.jsonl")
    assert said(damaged, DAY, DAY) == []
    for kind in ("day_closed", "redis_emptied", "redis_emptied", "key_lost"):
        log.append(kind, EVENING)
    both = ["Redis lost its data on 2026-11-01", "the key of visitors was lost on 2026-11-01"]
    assert said(damaged, DAY, DAY) == both
    assert said(damaged, DAY - timedelta(30), DAY + timedelta(30)) == both
    assert said(damaged, DAY + timedelta(1), DAY + timedelta(30)) == []


def test_the_day_is_that_of_the_site(log: EvidenceLog, tmp_path: Path) -> None:
    log.append("redis_emptied", EVENING)
    damaged = DamagedDays(tmp_path / "evidence.jsonl")
    assert said(damaged, DAY, DAY, "Europe/Berlin") == ["Redis lost its data on 2026-11-01"]
    assert said(damaged, DAY, DAY, "Asia/Tokyo") == []
    assert said(damaged, date(2026, 11, 2), date(2026, 11, 2), "Asia/Tokyo") == ["Redis lost its data on 2026-11-02"]


def test_a_log_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "evidence.jsonl").mkdir()
    assert said(DamagedDays(tmp_path / "evidence.jsonl"), DAY, DAY) == ["the evidence log cannot be read"]

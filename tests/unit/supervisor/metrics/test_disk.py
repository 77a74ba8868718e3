"""How long the room lasts follows what the counters take and the days that the evidence log names."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from appliance.privacy.evidence import EvidenceLog
from appliance.settings import ServerSettings, Settings
from appliance.supervisor.doctor import disk
from appliance.supervisor.metrics.disk import DiskSamples

SIZE = 7_000_000


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "clickhouse").mkdir()
    (tmp_path / "clickhouse" / "part").write_bytes(bytes(SIZE))
    return Settings(server=ServerSettings(data_dir=str(tmp_path)))


def close_days(settings: Settings, number: int) -> None:
    log = EvidenceLog(settings.data_dir / "evidence.jsonl")
    for n in range(number):
        day = date(2026, 11, 1) + timedelta(days=n)
        log.append("day_closed", 1_795_000_000.0, site="a.example", day=day.isoformat())


def found(settings: Settings) -> dict[str, float]:
    return {sample.name: sample.value for sample in DiskSamples(settings).samples()}


def test_a_week_of_days_gives_a_forecast(settings: Settings) -> None:
    close_days(settings, 7)
    now = found(settings)
    taken = now["appliance_disk_counters_bytes"]
    assert taken == pytest.approx(SIZE, rel=0.01)
    expected = now["appliance_disk_free_bytes"] / (taken / 7)
    assert now["appliance_disk_days_until_full"] == pytest.approx(expected, rel=0.01)
    assert 0 < now["appliance_disk_free_bytes"] <= now["appliance_disk_size_bytes"]


def test_fewer_days_give_none(settings: Settings) -> None:
    close_days(settings, 6)
    assert "appliance_disk_days_until_full" not in found(settings)


def test_files_are_looked_through_once_an_hour(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = DiskSamples(settings)
    list(samples.samples())

    def looked_again(_data_dir: Path) -> disk.Disk:
        raise AssertionError

    monkeypatch.setattr("appliance.supervisor.metrics.disk.measure", looked_again)
    assert len(list(samples.samples())) == 3

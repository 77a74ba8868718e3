"""The doctor's view of the disk: room now, and when the counters have grown to their limits."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from appliance.supervisor.doctor.disk import Disk, as_size, check_disk, measure
from appliance.supervisor.doctor.finding import Level

GB = 10**9


def days(number: int) -> set[date]:
    return {date(2026, 1, 1) + timedelta(days=n) for n in range(number)}


def test_a_disk_with_room_for_all_that_is_kept_is_fine() -> None:
    found = check_disk(Disk(100 * GB, None, GB), days(100), 760)
    assert [one.level for one in found] == [Level.FINE, Level.FINE]
    assert "10.0 MB a day over 100 days; 7.6 GB when" in found[1].text


def test_a_full_disk_is_a_fault() -> None:
    assert check_disk(Disk(GB // 2, None, GB), set(), 760)[0].level is Level.FAULT


@pytest.mark.parametrize(
    ("free", "level"), [(5, Level.FAULT), (50, Level.WARNING), (300, Level.NOTE), (800, Level.FINE)]
)
def test_the_sooner_it_is_full_the_worse(free: int, level: Level) -> None:
    found = check_disk(Disk(free * GB, None, 10 * GB), days(10), 760)[-1]
    assert found.level is level
    assert (f"full in {free} days" in found.text) is (level is not Level.FINE)


def test_few_days_say_nothing_about_the_future() -> None:
    assert "too early" in check_disk(Disk(100 * GB, None, GB), days(6), 760)[-1].text


def test_a_file_system_without_files_left_is_a_fault() -> None:
    assert check_disk(Disk(100 * GB, 12, GB), set(), 760)[1].level is Level.FAULT


def test_measures_what_the_counters_take(tmp_path: Path) -> None:
    (tmp_path / "clickhouse" / "store").mkdir(parents=True)
    before = measure(tmp_path).counters
    (tmp_path / "clickhouse" / "store" / "part").write_bytes(bytes(100_000))
    assert measure(tmp_path).counters - before >= 100_000
    assert measure(tmp_path).free > 0


@pytest.mark.parametrize(
    ("size", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (2.5e9, "2.5 GB"), (3e15, "3000.0 TB")]
)
def test_sizes_are_written_for_people(size: float, text: str) -> None:
    assert as_size(size) == text

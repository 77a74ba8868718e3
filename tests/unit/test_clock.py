"""Days and hours of sites, and the clock that tests can move."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appliance.clock import OffsetFileClock, day_end, local_day_hour


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("at", "timezone", "expected"),
    [
        pytest.param("2026-01-01T23:59:59.999", "UTC", (date(2026, 1, 1), 23), id="last moment"),
        pytest.param("2026-01-01T18:14:59", "Asia/Kathmandu", (date(2026, 1, 1), 23), id="quarter-hour zone"),
        pytest.param("2026-01-01T18:15:00", "Asia/Kathmandu", (date(2026, 1, 2), 0), id="its midnight"),
        pytest.param("2026-10-25T00:30:00", "Europe/London", (date(2026, 10, 25), 1), id="first 1 o'clock"),
        pytest.param("2026-10-25T01:30:00", "Europe/London", (date(2026, 10, 25), 1), id="second 1 o'clock"),
        pytest.param("2026-04-04T15:15:00", "Australia/Lord_Howe", (date(2026, 4, 5), 1), id="half-hour change"),
    ],
)
def test_day_and_hour_are_site_local(at: str, timezone: str, expected: tuple[date, int]) -> None:
    assert local_day_hour(moment(at), timezone) == expected


@pytest.mark.parametrize(
    ("day", "timezone", "hours"),
    [
        (date(2026, 3, 29), "Europe/London", 23),
        (date(2026, 10, 25), "Europe/London", 25),
        (date(2026, 4, 5), "Australia/Lord_Howe", 24.5),
        (date(2026, 6, 1), "Asia/Kathmandu", 24),
    ],
)
def test_day_has_the_hours_of_its_zone(day: date, timezone: str, hours: float) -> None:
    before = date.fromordinal(day.toordinal() - 1)
    assert day_end(day, timezone) - day_end(before, timezone) == hours * 3600


def test_offset_file_moves_the_clock(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    still = OffsetFileClock(path)()
    path.write_text("86400")
    assert 86_399 < OffsetFileClock(path)() - still < 86_500


def test_half_written_offset_keeps_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    path.write_text("3600")
    clock = OffsetFileClock(path)
    before = clock()
    path.write_text("36x")
    clock._checked_at = float("-inf")
    assert 0 <= clock() - before < 60

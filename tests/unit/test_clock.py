"""Days and hours of sites, and the clock that tests can move."""

import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.clock import (
    LEAP_SECONDS,
    STEADY_SECONDS,
    LeapWatch,
    OffsetFile,
    day_end,
    local_day_hour,
    make_clock,
    make_uptime,
    offset_file,
    system_uptime,
)


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


def test_a_file_moves_clock_and_uptime_together_or_each_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    path.write_text("86400")
    clock, uptime = make_clock(path), make_uptime(path)
    assert clock() - time.time() == pytest.approx(86_400, abs=1)
    assert uptime() - system_uptime() == pytest.approx(86_400, abs=1)
    path.write_text("86400 60")
    offset_file(path)._checked_at = float("-inf")
    assert clock() - time.time() == pytest.approx(86_400, abs=1)
    assert uptime() - system_uptime() == pytest.approx(60, abs=1)


def test_half_written_offset_keeps_the_last_one(tmp_path: Path) -> None:
    path = tmp_path / "clock"
    path.write_text("3600")
    file = OffsetFile(path)
    assert file.seconds(0) == 3600
    path.write_text("36x")
    file._checked_at = float("-inf")
    assert (file.seconds(0), file.seconds(1)) == (3600, 3600)


class Machine:
    """A machine whose clock can be set; time passes only when told."""

    def __init__(self) -> None:
        self.uptime = 1000.0
        self.ahead = 1_795_000_000.0
        self.leaps: list[float] = []
        self.watch = LeapWatch(lambda: self.uptime + self.ahead, lambda: self.uptime, self.leaps.append)


@pytest.mark.parametrize("leap", [-86_400.0, -3600.0, -601.0, 601.0, 3600.0, 86_400.0])
def test_a_clock_that_was_set_is_believed_after_ten_steady_minutes(leap: float) -> None:
    machine = Machine()
    assert machine.watch.is_steady()
    machine.ahead += leap
    assert not machine.watch.is_steady()
    machine.uptime += STEADY_SECONDS - 1
    assert not machine.watch.is_steady()
    machine.uptime += 1
    assert machine.watch.is_steady()
    assert machine.leaps == [leap]


def test_small_steps_and_time_that_passes_are_no_leaps() -> None:
    machine = Machine()
    for step in (-LEAP_SECONDS, LEAP_SECONDS, 0.0):
        machine.ahead += step
        machine.uptime += 10 * 86_400
        assert machine.watch.is_steady()
    assert machine.leaps == []


@given(st.lists(st.tuples(st.floats(-1e8, 1e8), st.floats(0, 2000)), max_size=12))
def test_a_clock_is_never_believed_sooner_after_the_last_leap(steps: list[tuple[float, float]]) -> None:
    machine = Machine()
    leapt_at, believed_offset = float("-inf"), machine.ahead
    for leap, passes in steps:
        machine.uptime += passes
        machine.ahead += leap
        if abs(machine.ahead - believed_offset) > LEAP_SECONDS:
            leapt_at, believed_offset = machine.uptime, machine.ahead
        assert machine.watch.is_steady() is (machine.uptime >= leapt_at + STEADY_SECONDS)


def test_a_machine_that_slept_between_two_looks_is_looked_at_again() -> None:
    uptimes = iter([1000.0, 1000.0, 2000.0, 9000.0, 9000.0, 9000.0, 9000.0])
    clocks = iter([5000.0, 6000.0, 13_000.0])
    watch = LeapWatch(lambda: next(clocks), lambda: next(uptimes))
    assert watch.is_steady()
    assert next(clocks, None) is None

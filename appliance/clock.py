"""The appliance's only source of time.

All processes read the same wall clock, which may be set, and the same uptime, which may not. `[server]
test_clock_file` names a file with two numbers of seconds that every process adds to them, so that black-box tests can
move days and set clocks; it is never set in production.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

Clock = Callable[[], float]
"""Returns seconds since 1970 UTC."""

_RECHECK_SECONDS = 0.05


def system_clock() -> float:
    """The wall clock of the machine."""
    return time.time()


def system_uptime() -> float:
    """Seconds since the machine was started, those of its sleep too; nobody can set it. See clock_gettime(2)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)


class OffsetFile:
    """Numbers of seconds in a file; the last one there stands for all that would follow.

    The file is looked at again after 50 ms at the earliest; a missing or empty file means 0.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offsets = [0.0]
        self._checked_at = float("-inf")

    def seconds(self, number: int) -> float:
        """The number at a place, counted from 0."""
        if time.monotonic() - self._checked_at > _RECHECK_SECONDS:
            self._checked_at = time.monotonic()
            self._offsets = self._read()
        return self._offsets[min(number, len(self._offsets) - 1)]

    def _read(self) -> list[float]:
        try:
            return [float(word) for word in self._path.read_text().split()] or [0.0]
        except FileNotFoundError:
            return [0.0]
        except ValueError:
            return self._offsets  # half-written: keep the last ones


@cache
def offset_file(path: Path) -> OffsetFile:
    """One for all clocks of a process: they move together."""
    return OffsetFile(path)


def make_clock(test_clock_file: Path | None) -> Clock:
    """The clock that the configuration asks for."""
    if test_clock_file is None:
        return system_clock
    file = offset_file(test_clock_file)
    return lambda: time.time() + file.seconds(0)


def make_uptime(test_clock_file: Path | None) -> Clock:
    """The uptime that the configuration asks for. Its zero means nothing."""
    if test_clock_file is None:
        return system_uptime
    file = offset_file(test_clock_file)
    return lambda: system_uptime() + file.seconds(1)


_ONE_LOOK_SECONDS = 1.0
LEAP_SECONDS = 600.0
"""Smaller steps come from time servers and matter to nobody."""
STEADY_SECONDS = 600.0
"""A clock that was set is believed again when it has been steady for so long."""


class LeapWatch:
    """Notices that the wall clock was set, forward or back, because uptime did not go along.

    What cannot be undone waits until the clock is steady: it may be set right again.
    """

    def __init__(self, clock: Clock, uptime: Clock, on_leap: Callable[[float], None] = lambda _seconds: None) -> None:
        """`on_leap` hears by how many seconds the clock was set."""
        self._clock = clock
        self._uptime = uptime
        self._on_leap = on_leap
        self._offset = self._measured()
        self._steady_from = float("-inf")

    def is_steady(self) -> bool:
        """Whether the clock can be believed; ask at least once a minute."""
        offset = self._measured()
        leap = offset - self._offset
        if abs(leap) > LEAP_SECONDS:
            self._offset = offset
            self.hold()
            self._on_leap(leap)
        return self._uptime() >= self._steady_from

    def hold(self) -> None:
        """Doubt the clock for the next ten minutes."""
        self._steady_from = self._uptime() + STEADY_SECONDS

    def _measured(self) -> float:
        """How far the clock is ahead of uptime; looked at again if the machine slept between the two looks."""
        while True:
            before, now, after = self._uptime(), self._clock(), self._uptime()
            if abs(after - before) < _ONE_LOOK_SECONDS:
                return now - after


@lru_cache(maxsize=1024)
def zone(name: str) -> ZoneInfo:
    """Time zone by its IANA name."""
    return ZoneInfo(name)


_QUARTER_HOUR = 900


def local_day_hour(at: float, timezone: str) -> tuple[date, int]:
    """Site-local calendar day and hour (0–23) of a moment in seconds since 1970."""
    return _local_quarter(int(at // _QUARTER_HOUR), timezone)


@lru_cache(maxsize=65_536)
def _local_quarter(quarter: int, timezone: str) -> tuple[date, int]:
    # Offsets of all zones are whole quarters of an hour since 1972.
    local = datetime.fromtimestamp(quarter * _QUARTER_HOUR, zone(timezone))
    return local.date(), local.hour


@lru_cache(maxsize=4096)
def day_end(day: date, timezone: str) -> float:
    """First moment after a site-local day, in seconds since 1970. Days of 23 and 25 hours come out right."""
    following = day + timedelta(days=1)
    midnight = datetime(following.year, following.month, following.day, tzinfo=zone(timezone))
    return midnight.astimezone(UTC).timestamp()

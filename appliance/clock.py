"""The appliance's only source of time.

All processes read the same wall clock. `[server] test_clock_file` names a file with a number of seconds
that is added to it in every process, so that black-box tests can move days; it is never set in production.
"""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

Clock = Callable[[], float]
"""Returns seconds since 1970 UTC."""

_RECHECK_SECONDS = 0.05


def system_clock() -> float:
    """The wall clock of the machine."""
    return time.time()


class OffsetFileClock:
    """Wall clock plus the number of seconds that stands in a file.

    The file is looked at again after 50 ms at the earliest; a missing or empty file means 0.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = 0.0
        self._checked_at = float("-inf")

    def __call__(self) -> float:
        """Seconds since 1970 with the offset."""
        if time.monotonic() - self._checked_at > _RECHECK_SECONDS:
            self._checked_at = time.monotonic()
            self._offset = self._read()
        return time.time() + self._offset

    def _read(self) -> float:
        try:
            return float(self._path.read_text().strip() or 0)
        except FileNotFoundError:
            return 0.0
        except ValueError:
            return self._offset  # half-written: keep the last offset


def make_clock(test_clock_file: Path | None) -> Clock:
    """The clock that the configuration asks for."""
    return OffsetFileClock(test_clock_file) if test_clock_file else system_clock


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

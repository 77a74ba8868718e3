"""Room on the disk, now and when the counters have grown to their limits."""

import os
from datetime import date
from pathlib import Path
from typing import NamedTuple

from appliance.supervisor.doctor.finding import Finding, Level

_ABOUT = "disk"
_LITTLE_BYTES = 1 << 30
"""ClickHouse merges need some room; below this Redis and merges begin to fail."""
_FEW_INODES = 10_000
_SOON_DAYS, _LATER_DAYS = 14, 180
_ENOUGH_DAYS = 7
"""Days of counters before their mean size says anything."""


class Disk(NamedTuple):
    """Room of a file system and what the counters take of it, in bytes."""

    free: int
    free_inodes: int | None
    """None where the file system makes them as it needs them."""
    counters: int


def measure(data_dir: Path) -> Disk:
    """Look at a data directory that exists."""
    found = os.statvfs(data_dir)
    inodes = found.f_favail if found.f_files else None
    return Disk(found.f_bavail * found.f_frsize, inodes, _size_of(data_dir / "clickhouse"))


def check_disk(disk: Disk, counted_days: set[date], kept_days: float) -> list[Finding]:
    """Say how much room there is and how long it lasts. Pure.

    Args:
        counted_days: days of which there are counters.
        kept_days: how long counters are kept.
    """
    found = [_room(disk)]
    if disk.free_inodes is not None and disk.free_inodes < _FEW_INODES:
        found.append(
            Finding(
                Level.FAULT,
                _ABOUT,
                f"only {disk.free_inodes} more files can be made",
                "Delete files that are not ours.",
            )
        )
    found.append(_forecast(disk, len(counted_days), kept_days))
    return found


def _room(disk: Disk) -> Finding:
    text = f"{as_size(disk.free)} free, the counters take {as_size(disk.counters)}"
    if disk.free < _LITTLE_BYTES:
        return Finding(Level.FAULT, _ABOUT, text, "Make room: hits are refused when the disk is full.")
    return Finding(Level.FINE, _ABOUT, text)


def days_until_full(disk: Disk, days: int) -> float | None:
    """How long the room lasts at the mean growth of `days` counted days; None while they are too few. Pure."""
    if days < _ENOUGH_DAYS or not disk.counters:
        return None
    return disk.free / (disk.counters / days)


def _forecast(disk: Disk, days: int, kept_days: float) -> Finding:
    left = days_until_full(disk, days)
    if left is None:
        return Finding(Level.FINE, "forecast", f"too early: counters of {days} days, {_ENOUGH_DAYS} are needed")
    per_day = disk.counters / days
    to_come = max(0.0, kept_days - days) * per_day
    text = (
        f"{as_size(per_day)} a day over {days} days; {as_size(disk.counters + to_come)} "
        f"when the oldest of them are deleted after {kept_days:.0f} days"
    )
    if to_come <= disk.free or left > kept_days:
        return Finding(Level.FINE, "forecast", text)
    level = Level.FAULT if left < _SOON_DAYS else Level.WARNING if left < _LATER_DAYS else Level.NOTE
    return Finding(
        level,
        "forecast",
        f"{text}; the disk is full in {left:.0f} days",
        "Make room, or keep counters for a shorter time in [retention].",
    )


def as_size(n_bytes: float) -> str:
    """Bytes as people read them, in powers of ten.

    >>> as_size(1_234_567)
    '1.2 MB'
    """
    for unit in ("B", "kB", "MB", "GB"):
        if n_bytes < 1000:
            return f"{n_bytes:.0f} B" if unit == "B" else f"{n_bytes:.1f} {unit}"
        n_bytes /= 1000
    return f"{n_bytes:.1f} TB"


def _size_of(directory: Path) -> int:
    total = 0
    for where, _, names in os.walk(directory):
        for name in names:
            try:
                total += os.lstat(os.path.join(where, name)).st_blocks * 512  # noqa: PTH118  a hundred thousand files
            except FileNotFoundError:  # merges delete parts meanwhile
                continue
    return total

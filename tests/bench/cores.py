"""Which processes run where: one core for the HTTP process that is measured, all others for everything else."""

import os
import time
from collections.abc import Iterable
from pathlib import Path

_CORES = sorted(os.sched_getaffinity(0))
ALL_CORES = frozenset(_CORES)
HTTP_CORE, OTHER_CORES = frozenset(_CORES[:1]), frozenset(_CORES[1:] or _CORES)
_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_SECONDS = 0.4
_IDLE = 0.15
"""Of one core."""
_MAX_WAIT_SECONDS = 60.0


def pin(pid: int, cores: Iterable[int]) -> None:
    """Put a running process with all its threads on some cores; 0 is this one."""
    for task in (Path("/proc") / str(pid or "self") / "task").iterdir():
        os.sched_setaffinity(int(task.name), cores)


def cpu_seconds(pids: Iterable[int]) -> float:
    """Time of processors that these processes have used."""
    total = 0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # Redis has children that write a file and end
        total += int(fields[11]) + int(fields[12])
    return total / _TICKS


def await_idle(pids: Iterable[int]) -> None:
    """Wait until these processes have nothing left to do, at most a minute."""
    watched, deadline = list(pids), time.monotonic() + _MAX_WAIT_SECONDS
    used = cpu_seconds(watched)
    while time.monotonic() < deadline:
        time.sleep(_LOOK_SECONDS)  # the rest of work shows in nothing but its processor time
        now = cpu_seconds(watched)
        if now - used < _IDLE * _LOOK_SECONDS:
            return
        used = now

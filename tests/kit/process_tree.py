"""Processes of a session and what they hold, read from /proc: nothing the appliance starts may be left behind."""

import contextlib
import os
import re
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path

_CHUNK = 4 << 20
_LOOK_AGAIN_SECONDS = 0.02


def members(session: int) -> dict[int, str]:
    """Command lines by pid of all processes of a session, without those that have ended and wait for their parent."""
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == session and fields[0] not in "ZX":
                line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                found[int(entry.name)] = line.strip()
    return found


def await_empty(session: int, seconds: float) -> dict[int, str]:
    """Wait until a session has no process; what is left after that time."""
    deadline = time.monotonic() + seconds
    while (left := members(session)) and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)  # strangers to us: nothing tells of their end
    return left


def kill_all(session: int) -> None:
    """SIGKILL every process of a session, so that none can end in order."""
    for pid in members(session):
        kill(pid)


def kill(pid: int) -> None:
    """SIGKILL; a process that has ended meanwhile is none the worse."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)


def pss_bytes(pid: int) -> int:
    """Proportional set size: shared pages count in part."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def find_in_memory(pid: int, wanted: Callable[[bytes], bool], overlap: int) -> bool:
    """Whether any readable memory of a process holds what is wanted.

    Args:
        overlap: longest thing that is looked for, so that a border between two chunks hides nothing.
    """
    return any(wanted(chunk) for chunk in _memory(pid, overlap))


def _memory(pid: int, overlap: int) -> Iterator[bytes]:
    with open(f"/proc/{pid}/maps") as maps, open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for line in maps:
            region = re.match(r"([0-9a-f]+)-([0-9a-f]+) r\S* \S+ \S+ \S+ *(.*)", line)
            if region is None or region[3] in ("[vvar]", "[vsyscall]", "[vvar_vclock]"):
                continue
            start, end = int(region[1], 16), int(region[2], 16)
            yield from _region(memory.fileno(), start, end, overlap)


def _region(descriptor: int, start: int, end: int, overlap: int) -> Iterator[bytes]:
    tail = b""
    while start < end:
        try:
            chunk = os.pread(descriptor, min(_CHUNK, end - start), start)
        except OSError:  # a guard page, or gone meanwhile
            return
        if not chunk:
            return
        yield tail + chunk
        tail = chunk[-overlap:]
        start += len(chunk)

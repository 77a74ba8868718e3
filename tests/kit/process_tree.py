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


def part_of(command_line: str) -> str:
    """`worker` of "python -m appliance worker …"; the name of any other program."""
    words = command_line.split()
    return words[words.index("appliance") + 1] if "appliance" in words else Path(words[0]).name


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
    return _rolled_up(pid, "Pss:")


def own_bytes(pid: int) -> int:
    """What is in no file: the rest of the proportional set size changes with what other programs map."""
    return _rolled_up(pid, "Pss_Anon:", "Pss_Shmem:")


def _rolled_up(pid: int, *names: str) -> int:
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it has ended meanwhile
        return 0
    return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(names))


def find_in_memory(pid: int, wanted: Callable[[bytes], bool], overlap: int) -> bool:
    """Whether any readable memory of a process holds what is wanted.

    Args:
        overlap: longest thing that is looked for, so that a border between two chunks hides nothing.
    """
    return any(wanted(chunk) for chunk in _memory(pid, overlap))


def _memory(pid: int, overlap: int) -> Iterator[bytes]:
    """All of a process's own memory that has ever been written to, in chunks."""
    with open(f"/proc/{pid}/mem", "rb", buffering=0) as memory:
        for start, end in _own_regions(Path(f"/proc/{pid}/smaps").read_text()):
            yield from _region(memory.fileno(), start, end, overlap)


def _own_regions(smaps: str) -> Iterator[tuple[int, int]]:
    """Writable regions with pages in memory or in swap; the program's own text holds nothing."""
    region: tuple[int, int] | None = None
    for line in smaps.splitlines():
        if header := re.match(r"([0-9a-f]+)-([0-9a-f]+) rw", line):
            region = int(header[1], 16), int(header[2], 16)
        elif re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            region = None
        elif region and re.match(r"(Rss|Swap): +[1-9]", line):
            yield region
            region = None


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

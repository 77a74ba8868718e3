"""Pages of the program that were needed to start alone are given back.

The embedded engine is half a gigabyte of program, of which a start touches 160 MB and counting and answering 100 MB.
What is dropped here comes back from the kernel's cache of the file when it is called.
"""

import ctypes
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

_MADV_DONTNEED = 4  # madvise(2)
_MAPPING = re.compile(r"([0-9a-f]+)-([0-9a-f]+) (....) \S+ \S+ [1-9]\d* +/.")
"""A mapping of a file in /proc/self/smaps: first and last address, rights, an inode, a path."""


def give_back_program_pages() -> int:
    """Drop the pages of all programs and libraries of this process; returns the bytes of their mappings.

    A kernel that does not do it loses nothing but the memory.
    """
    madvise = ctypes.CDLL(None).madvise
    madvise.argtypes = (ctypes.c_void_p, ctypes.c_size_t, ctypes.c_int)
    dropped = 0
    with Path("/proc/self/smaps").open(encoding="utf-8", errors="replace") as lines:
        found = list(unchanged(lines))
    for first, size in found:
        if madvise(first, size, _MADV_DONTNEED) == 0:
            dropped += size
    return dropped


def unchanged(lines: Iterable[str]) -> Iterator[tuple[int, int]]:
    """Address and size of each mapping of smaps that can be read from its file again; pure.

    That is program text: it can be run and never written, and nothing of it is a copy of the process's own. Constants
    are left, for the loader has changed some of them.
    """
    mapping: tuple[int, int] | None = None
    for line in lines:
        if match := _MAPPING.match(line):
            first, last = int(match[1], 16), int(match[2], 16)
            mapping = (first, last - first) if match[3] == "r-xp" else None
        elif re.match(r"[0-9a-f]+-", line):
            mapping = None
        elif mapping and re.match(r"Anonymous: +0 kB", line):
            yield mapping
            mapping = None

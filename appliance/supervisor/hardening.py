"""What every process gives up before it sees personal data: core dumps, and files that others may read.

Processes that hold keys also refuse debuggers and memory dumps by other processes of the same user.
"""

import ctypes
import os
import resource

_PR_SET_DUMPABLE = 4  # prctl(2)


def protect(*, holds_keys: bool) -> None:
    """Harden the calling process. Call before any key or hit is read.

    Args:
        holds_keys: the process maps the key page (ingest, worker); nobody but root may look into it then.
    """
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if holds_keys:
        forbid_dumps()


def forbid_dumps() -> None:
    """Make the process undumpable: no ptrace, no /proc/<pid>/mem for others of the same user.

    Raises:
        OSError: the kernel refused.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_DUMPABLE)")

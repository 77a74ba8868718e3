"""Run as a script: ties a program to its supervisor, then becomes that program.

Usage: python -I -S launch.py <pid of the supervisor> <program> [argument …]. The program dies with the
supervisor, however that one ends; it writes no core file and may open as many files as the machine allows.
It stands alone and imports nothing of the appliance, so that it costs some ten milliseconds.
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1  # prctl(2); survives execve(2)
_MAX_FILES = 65_536


def main(arguments: list[str]) -> None:
    """Replace this process by the program."""
    supervisor, program = int(arguments[0]), arguments[1:]
    if ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG)")
    if os.getppid() != supervisor:
        sys.exit(1)  # it died before the line above could tie us to it
    os.umask(0o077)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    wanted = _MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, _MAX_FILES)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
    try:
        os.execv(program[0], program)  # noqa: S606  no shell wanted
    except OSError as error:
        sys.exit(f"appliance: {program[0]} cannot be started ({error.strerror})")


if __name__ == "__main__":
    main(sys.argv[1:])

"""The machine: clock, memory, swap, limits and the two directories."""

import ctypes
import os
import resource
import stat
from pathlib import Path

from appliance.settings import Settings
from appliance.supervisor.checks import file_system
from appliance.supervisor.doctor.disk import as_size
from appliance.supervisor.doctor.finding import Finding, Level

_TIME_ERROR = 5  # adjtimex(2)
_TIMEX_BYTES = 512  # struct timex has 208; what it says is not read
_LITTLE_MEMORY = 1 << 30
_LITTLE_RUNTIME_ROOM = 64 << 20
_FEW_OPEN_FILES = 4096
_MEMORY_FILE_SYSTEMS = ("tmpfs", "ramfs")


def check_machine(settings: Settings) -> list[Finding]:
    """All of the machine."""
    return [
        check_clock(is_synchronised=_clock_is_synchronised()),
        check_memory(Path("/proc/meminfo").read_text(encoding="ascii")),
        check_swap(Path("/proc/swaps").read_text(encoding="utf-8")),
        check_open_files(resource.getrlimit(resource.RLIMIT_NOFILE)[1]),
        *check_directories(settings),
    ]


def check_clock(*, is_synchronised: bool) -> Finding:
    """Days end by the clock."""
    if is_synchronised:
        return Finding(Level.FINE, "clock", "synchronised")
    return Finding(
        Level.WARNING, "clock", "not synchronised", "Run chrony or systemd-timesyncd: days and keys end by this clock."
    )


def check_memory(meminfo: str) -> Finding:
    """`meminfo` is the text of /proc/meminfo."""
    sizes = {
        name: int(rest.split()[0]) * 1024 for name, _, rest in (line.partition(":") for line in meminfo.splitlines())
    }
    text = f"{as_size(sizes['MemAvailable'])} of {as_size(sizes['MemTotal'])} free"
    if sizes["MemAvailable"] < _LITTLE_MEMORY // 4 or sizes["MemTotal"] < _LITTLE_MEMORY:
        return Finding(Level.WARNING, "memory", text, "The appliance needs about 900 MB under load.")
    return Finding(Level.FINE, "memory", text)


def check_swap(swaps: str) -> Finding:
    """`swaps` is the text of /proc/swaps. Keys are locked in memory; what a request carries is not."""
    devices = [line.split()[0] for line in swaps.splitlines()[1:]]
    on_disk = [device for device in devices if not device.startswith("/dev/zram")]
    if not on_disk:
        return Finding(Level.FINE, "swap", "none on a disk")
    return Finding(
        Level.WARNING,
        "swap",
        f"on {', '.join(on_disk)}",
        "Turn it off or encrypt it: keys are never swapped, but memory of requests may be.",
    )


def check_open_files(limit: int) -> Finding:
    """Each connection and each part of a table is an open file."""
    text = "no limit" if limit == resource.RLIM_INFINITY else f"at most {limit}"
    if 0 <= limit < _FEW_OPEN_FILES:
        return Finding(
            Level.WARNING, "open files", text, f"Raise the limit (LimitNOFILE) to {_FEW_OPEN_FILES} or more."
        )
    return Finding(Level.FINE, "open files", text)


def check_directories(settings: Settings) -> list[Finding]:
    """The data directory is private; the keys are in memory."""
    data, keys = settings.data_dir, settings.runtime_dir
    found = [_private(data, "data", "server.data_dir")]
    if not keys.is_dir():
        return [*found, Finding(Level.FINE, "keys", f"{keys} is not there: no key is kept")]
    found.append(_private(keys, "keys", "keyring.directory"))
    kind, room = file_system(keys), os.statvfs(keys)
    free = room.f_bavail * room.f_frsize
    if kind not in _MEMORY_FILE_SYSTEMS:
        level = Level.WARNING if settings.keyring.allow_disk else Level.FAULT
        found.append(
            Finding(level, "keys", f"{keys} is on {kind}, not in memory", "Choose a directory below /run or /dev/shm.")
        )
    elif free < _LITTLE_RUNTIME_ROOM:
        found.append(
            Finding(Level.WARNING, "keys", f"only {as_size(free)} are free in {keys}", "Make the tmpfs larger.")
        )
    return found


def _private(directory: Path, about: str, setting: str) -> Finding:
    if not directory.is_dir():
        return Finding(Level.NOTE, about, f"{directory} is not there: nothing was started yet")
    found = directory.stat()
    if stat.S_IMODE(found.st_mode) & 0o077:
        mode = f"{stat.S_IMODE(found.st_mode):04o}"
        return Finding(
            Level.WARNING, about, f"{directory} is open to others ({mode})", f"chmod 700: {setting} is private."
        )
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        if os.statvfs(directory).f_flag & os.ST_RDONLY:
            remedy = "Look at the disk and at the kernel's log: a file system with errors is mounted so."
            return Finding(Level.FAULT, about, f"{directory} is on a file system that can only be read", remedy)
        return Finding(
            Level.FAULT, about, f"{directory} belongs to somebody else", "Run doctor as the appliance's user."
        )
    return Finding(Level.FINE, about, str(directory))


def _clock_is_synchronised() -> bool:
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES)) != _TIME_ERROR)

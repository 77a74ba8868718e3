"""Checks of the machine before anything starts. Each failure is one sentence that says what to change."""

import errno
import fcntl
import os
import socket
import stat
import tempfile
import time
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from appliance.anonymize.keyring import DAY_KEYS_FILE, TRANSPORT_KEYS_FILE
from appliance.errors import StartError
from appliance.settings import KeyringSettings, Settings, host_port
from appliance.stats.shown_pairs import FILE

_MEMORY_FILE_SYSTEMS = frozenset({"tmpfs", "ramfs"})
_SOCKET_PATH_BYTES = 107  # sun_path in unix(7) has 108 with the closing zero
_PATIENCE_SECONDS = 2.0
"""A process that was killed a moment ago needs some time to let go of its ports and locks."""
_RETRY_SECONDS = 0.05
SOCKET_NAME = "redis.sock"
RESTORE_NOTE = "restore-unfinished"
"""File in the data directory while a backup is being restored, and after a restore that broke off."""


class FileLock:
    """A lock on a file, held until the process ends or `close`; a killed process holds nothing."""

    def __init__(self, path: Path, sentence: str) -> None:
        """Take the lock.

        Args:
            path: file that is locked; it is made if it is not there and stays.
            sentence: what to say when another process holds it.

        Raises:
            StartError: held by another process for two seconds.
        """
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not self._try():
            if time.monotonic() > deadline:
                os.close(self._file)
                raise StartError(sentence)
            time.sleep(_RETRY_SECONDS)

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Let go before the process ends."""
        os.close(self._file)


def is_locked(path: Path) -> bool:
    """Whether some process holds a `FileLock` on a file; this one never counts as free to itself."""
    try:
        file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(file)
    return False


def lock_data_dir(data_dir: Path, sentence: str = "") -> FileLock:
    """One appliance per data directory.

    Args:
        sentence: what to say instead when another one runs there.

    Raises:
        StartError: another one runs there.
    """
    return FileLock(
        data_dir / "appliance.lock", sentence or f"another appliance is running on {data_dir}; stop it first"
    )


def require_open(data_dir: Path) -> None:
    """Refuse a user to whom the data directory is closed: whoever may not look must not be told what is not so.

    Raises:
        StartError: with the name of its owner.
    """
    try:
        if not data_dir.is_dir() or os.access(data_dir, os.R_OK | os.X_OK):
            return
        owner = data_dir.owner()
    except (KeyError, PermissionError):  # a user without a name, or one of the directories above
        owner = "another user"
    raise StartError(f"{data_dir} is closed to you; run this as its owner ({owner}) or as root")


def require_whole(data_dir: Path) -> None:
    """Refuse counters of which a restore has brought back a part only.

    Raises:
        StartError: a restore broke off, or still runs.
    """
    note = data_dir / RESTORE_NOTE
    if note.exists():
        raise StartError(
            f"a restore into {data_dir} is not finished; if none runs, "
            f"delete clickhouse, evidence.jsonl and {RESTORE_NOTE} there and restore again"
        )


def make_data_dir(data_dir: Path) -> None:
    """Make the data directory (0700) if it is not there, and see that it can be written to.

    Raises:
        StartError: it cannot be made or written to.
    """
    require_open(data_dir)
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data_dir):
            pass
    except OSError as error:
        raise StartError(
            f"server.data_dir: {data_dir} cannot be written to ({error.strerror}); "
            "choose another directory or change its owner"
        ) from None


def make_runtime_dir(settings: Settings) -> Path:
    """Make the directory for key page, socket and temporary files, and see that it is ours and in memory.

    Raises:
        StartError: not writable, not ours, on a disk, or its path too long for a socket.
    """
    directory = settings.runtime_dir
    try:
        for made in (directory.parent, directory):
            made.mkdir(mode=0o700, parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=directory):
            pass
        ours = _is_ours(directory)
    except OSError as error:
        raise StartError(f"keyring.directory: {directory} cannot be written to ({error.strerror})") from None
    if not ours:
        raise StartError(f"keyring.directory: {directory} must belong to the user of the appliance, mode 0700")
    require_memory(directory, settings.keyring)
    require_short_socket(directory / SOCKET_NAME)
    return directory


def drop_orphaned_keys(settings: Settings) -> None:
    """Remove key pages left by a data directory that was deleted: what they opened is gone.

    Without this, a new appliance on the same path could not count on a day that the old one had ended.
    """
    data = settings.data_dir
    if settings.redis.url == "embedded" and not any((data / name).exists() for name in ("redis", "evidence.jsonl")):
        for name in (DAY_KEYS_FILE, TRANSPORT_KEYS_FILE, FILE):
            (settings.runtime_dir / name).unlink(missing_ok=True)


def _is_ours(directory: Path) -> bool:
    """Others may write to /dev/shm: a directory that somebody else prepared there is not for keys."""
    found, parent = directory.lstat(), directory.parent.stat()
    safe_parent = parent.st_uid in (0, os.geteuid()) and (not parent.st_mode & 0o022 or parent.st_mode & stat.S_ISVTX)
    return bool(
        stat.S_ISDIR(found.st_mode) and found.st_uid == os.geteuid() and not found.st_mode & 0o022 and safe_parent
    )


def require_memory(directory: Path, keyring: KeyringSettings) -> None:
    """Keys are never on a disk, unless the operator allowed it with a reason.

    Raises:
        StartError: not on tmpfs.
    """
    kind = file_system(directory)
    if kind not in _MEMORY_FILE_SYSTEMS and not keyring.allow_disk:
        raise StartError(
            f"keyring.directory: {directory} is on {kind}, not on tmpfs, and keys must never touch a disk; "
            "choose a directory below /run or /dev/shm, or set keyring.allow_disk with a reason"
        )


def require_short_socket(path: Path) -> None:
    """Addresses of Unix sockets have 107 bytes at most.

    Raises:
        StartError: longer.
    """
    length = len(os.fsencode(path))
    if length > _SOCKET_PATH_BYTES:
        raise StartError(
            f"keyring.directory: the socket {path} has {length} bytes, and {_SOCKET_PATH_BYTES} are allowed; "
            "choose a shorter path"
        )


def require_free(addresses: Mapping[str, str]) -> None:
    """See that every address can be listened on, and that no two are the same.

    Args:
        addresses: `host:port` by the name of its setting.

    Raises:
        StartError: names setting and address.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            with ExitStack() as held:
                for key, address in addresses.items():
                    held.enter_context(bind(key, address))
        except StartError:
            if time.monotonic() > deadline:
                raise
            time.sleep(_RETRY_SECONDS)
        else:
            return


def bind(key: str, address: str) -> socket.socket:
    """A listening socket.

    Raises:
        StartError: taken, forbidden, or not an address of this machine; names setting and address.
    """
    host, port = host_port(address)
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.socket(family, kind, protocol)
        try:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(target)
            listener.listen(2048)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise StartError(f"{key}: {address} {_why_not(error)}") from None
    listener.setblocking(False)
    return listener


def _why_not(error: OSError) -> str:
    if isinstance(error, socket.gaierror):
        return "names a host that this machine does not know"
    match error.errno:
        case errno.EADDRINUSE:
            return "is taken by another program; stop that program or choose another port"
        case errno.EACCES:
            return "may not be used by this user; choose a port from 1024 on"
        case errno.EADDRNOTAVAIL:
            return "is not an address of this machine"
    return f"cannot be listened on ({error.strerror})"


def file_system(path: Path) -> str:
    """Kind of the file system that holds an existing path, such as `tmpfs`; see proc(5), mountinfo."""
    wanted = path.resolve()
    best, kind = -1, "an unknown file system"
    for line in Path("/proc/self/mountinfo").read_text(encoding="utf-8", errors="surrogateescape").splitlines():
        before, _, after = line.partition(" - ")
        mount_point = Path(_unescaped(before.split()[4]))
        depth = len(mount_point.parts)
        if depth >= best and wanted.is_relative_to(mount_point):  # of several on one point the last one counts
            best, kind = depth, after.split()[0]
    return kind


def _unescaped(text: str) -> str:
    for code, character in (("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")):
        text = text.replace(code, character)
    return text

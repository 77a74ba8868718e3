"""`appliance reload`: what of a new configuration can be taken while everything runs, and how the command hears.

The supervisor writes its pid and what became of the last reload into a file; the command sends SIGHUP and waits for
the next word.
"""

import asyncio
import os
import signal
import time
from collections.abc import Awaitable, Callable, Collection
from pathlib import Path

import msgspec

from appliance.errors import StartError, UnavailableError
from appliance.settings import Settings, load
from appliance.supervisor import secrets
from appliance.supervisor.checks import FileLock, is_locked, require_open

PARTS = ("warehouse", "worker", "ingest", "dashboard")
"""In the order in which they start anew: who counts a new site first, who takes its hits last."""
_FIXED: dict[str, tuple[str, ...]] = {
    "server": ("listen", "stats_listen", "dashboard_listen", "metrics_listen", "data_dir", "test_clock_file"),
    "keyring": (),
    "redis": (),
    "clickhouse": (),
}
"""Settings of what is shared by parts that do not start at the same moment; without names, the whole section."""
_CONCERNS = {"users": ("dashboard",), "dashboard": ("dashboard",), "api_keys": ("warehouse",)}
"""Parts that a section concerns; every other section concerns all of them."""
_LOCK, _STATE = "supervisor.lock", "supervisor.json"
_ANSWER_SECONDS = 400.0
_LOOK_AGAIN_SECONDS = 0.05


class State(msgspec.Struct, frozen=True):
    """What the supervisor says of itself."""

    pid: int
    reloads: int = 0
    """How many it has ended, well or not."""
    taken: bool = True
    said: str = ""


class Notice:
    """The supervisor's side of the file. Close it at the end."""

    def __init__(self, data_dir: Path) -> None:
        self._lock = FileLock(data_dir / _LOCK, f"another supervisor is running on {data_dir}")
        self._path = data_dir / _STATE
        self._state = State(os.getpid())
        self._write()

    def say(self, said: str, *, taken: bool) -> None:
        """End a reload."""
        self._state = State(os.getpid(), self._state.reloads + 1, taken, said)
        self._write()

    def close(self) -> None:
        """Say nothing any more."""
        self._path.unlink(missing_ok=True)
        self._lock.close()

    def _write(self) -> None:
        secrets.write(self._path, msgspec.json.encode(self._state).decode())


def unchangeable(old: Settings, new: Settings) -> list[str]:
    """Names of changed settings that take a restart."""
    return [
        f"{section}.{name}"
        for section, names in _FIXED.items()
        for name in names or getattr(old, section).__struct_fields__
        if getattr(getattr(old, section), name) != getattr(getattr(new, section), name)
    ]


def concerned(old: Settings, new: Settings, due: Collection[str] = ()) -> list[str]:
    """Parts that have to start anew, in their order; none if nothing has changed.

    Args:
        due: parts that should have started anew before and did not: they may still run with older settings.
    """
    changed = [name for name in new.__struct_fields__ if getattr(old, name) != getattr(new, name)]
    parts = {*due, *(part for name in changed for part in _CONCERNS.get(name, PARTS))}
    return [part for part in PARTS if part in parts]


class RunningConfiguration:
    """What the parts run with."""

    def __init__(self, settings: Settings, config: Path) -> None:
        self._settings = settings
        self._config = config
        self._due: list[str] = []

    async def take(self, restart: Callable[[str], Awaitable[None]]) -> str:
        """Read the file and start the parts anew that its changes concern, one after the other; returns what was done.

        If one is not ready, the next call starts all of them anew again, whatever the file says then.

        Args:
            restart: starts a part anew and waits for it; raises ApplianceError.

        Raises:
            ApplianceError: the file is wrong or changes what cannot change: nothing was done; or a part is not ready.
        """
        settings = await asyncio.to_thread(load, self._config)
        if fixed := unchangeable(self._settings, settings):
            raise StartError(
                f"nothing was changed: {', '.join(fixed)} cannot change while it runs; restart the appliance"
            )
        parts = concerned(self._settings, settings, self._due)
        self._settings, self._due = settings, parts
        for part in parts:
            await restart(part)
        self._due = []
        return f"started anew: {', '.join(parts)}" if parts else f"nothing has changed in {self._config}"


def ask(settings: Settings) -> str:
    """Have the running appliance take a configuration that was found right; returns what it says.

    Raises:
        StartError: nothing runs, or it took nothing and says why.
        UnavailableError: it does not answer.
    """
    require_open(settings.data_dir)
    lock, path = settings.data_dir / _LOCK, settings.data_dir / _STATE
    try:
        before = _read(path) if is_locked(lock) else None
    except (OSError, msgspec.DecodeError):
        before = None
    if before is None:
        raise StartError(f"no appliance is running on {settings.data_dir}")
    os.kill(before.pid, signal.SIGHUP)
    deadline = time.monotonic() + _ANSWER_SECONDS
    while (now := _read_again(path, before)).reloads == before.reloads:
        if time.monotonic() > deadline or not is_locked(lock):
            raise UnavailableError("the running appliance did not say that it took the configuration; its log may")
        time.sleep(_LOOK_AGAIN_SECONDS)  # another process: there is no event to wait for
    if not now.taken:
        raise StartError(now.said)
    return f"{now.said}\n"


def _read(path: Path) -> State:
    return msgspec.json.decode(path.read_bytes(), type=State)


def _read_again(path: Path, before: State) -> State:
    try:
        return _read(path)
    except FileNotFoundError:  # it is stopping
        return before

"""What every process does first, and how one without an event loop waits for its end."""

import gc
import os
import signal
import socket
import threading
from collections.abc import Callable
from pathlib import Path

from appliance.settings import Settings
from appliance.supervisor import checks, hardening, logs

_SIGNALS = {signal.SIGTERM, signal.SIGINT}
_GC_THRESHOLD = 10_000
"""Objects; Python's own 700 are those of a few hits."""


def begin(part: str, settings: Settings, *, holds_keys: bool) -> None:
    """Logs, hardening and directories; before anything personal is in memory.

    Raises:
        StartError: the machine is not fit.
    """
    logs.start(part)
    hardening.protect(holds_keys=holds_keys)
    checks.make_data_dir(settings.data_dir)
    checks.require_whole(settings.data_dir)
    checks.make_runtime_dir(settings)


def leave_long_lived_objects_alone() -> None:
    """Call it when everything is loaded, which lives as long as the process.

    Looking it all through for garbage, as Python does twice a second under load, takes 30 ms each time, in which ingest
    answers no hit; it is a tenth of what a hit costs the worker, and two thirds of making columns in the warehouse.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_GC_THRESHOLD)


def evidence_path(settings: Settings) -> Path:
    """File of the hash-chained evidence log."""
    return settings.data_dir / "evidence.jsonl"


def station(settings: Settings) -> str:
    """Host and data directory, which run at most one process of each part."""
    return f"{socket.gethostname()}:{settings.data_dir}"


def worker_ready_file(settings: Settings) -> Path:
    """File in which the worker writes its pid when it is ready, and which it touches while it works."""
    return settings.runtime_dir / "worker-ready"


class Background(threading.Thread):
    """A loop in a thread of its own. When it breaks, the process is told to end, and `join_or_raise` says why."""

    def __init__(self, name: str, loop: Callable[[threading.Event], None]) -> None:
        super().__init__(name=name, daemon=True)
        self.stop = threading.Event()
        self._loop = loop
        self._error: Exception | None = None

    def run(self) -> None:
        """Run the loop; called by `start`."""
        try:
            self._loop(self.stop)
        except Exception as error:
            self._error = error
        finally:
            if not self.stop.is_set():
                os.kill(os.getpid(), signal.SIGTERM)

    def join_or_raise(self) -> None:
        """Tell the loop to end, wait for it, and raise what broke it."""
        self.stop.set()
        self.join()
        if self._error is not None:
            raise self._error


def run_until_told(name: str, loop: Callable[[threading.Event], None]) -> None:
    """Run a loop until SIGTERM or SIGINT; raises what the loop raises.

    The loop has a thread of its own: setting an event inside a signal handler can deadlock with a wait for it.
    """
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    background = Background(name, loop)
    background.start()
    signal.sigwait(_SIGNALS)
    background.join_or_raise()

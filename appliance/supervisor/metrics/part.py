"""A part's side: a Unix socket that hands its samples to whoever connects, from a thread of its own.

The socket lies in the runtime directory, which only the appliance's user may enter. There is none without
`server.metrics_listen`.
"""

import signal
import socket
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from appliance.metrics.samples import Sample, encode
from appliance.settings import Settings
from appliance.supervisor import logs
from appliance.supervisor.checks import require_short_socket

_SEND_SECONDS = 2.0
_MAX_WAITING = 4
_STOP_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP}


def socket_path(settings: Settings, part: str) -> Path:
    """Where the samples of a part are."""
    return settings.runtime_dir / f"metrics-{part}"


def expose(settings: Settings, part: str, samples: Callable[[], Iterable[Sample]]) -> None:
    """Answer until the process ends, if the configuration asks for metrics.

    Args:
        samples: called in another thread, for each scrape.

    Raises:
        StartError: the path of the socket is too long.
    """
    if not settings.server.metrics_listen:
        return
    path = socket_path(settings, part)
    require_short_socket(path)
    path.unlink(missing_ok=True)  # of a process that was killed
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(str(path))
    path.chmod(0o600)
    listener.listen(_MAX_WAITING)
    thread = threading.Thread(target=_answer, args=(listener, samples), name="metrics", daemon=True)
    # Signals are the main thread's, also where it waits for them with sigwait.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, _STOP_SIGNALS)
    thread.start()
    signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _answer(listener: socket.socket, samples: Callable[[], Iterable[Sample]]) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            try:
                connection.settimeout(_SEND_SECONDS)
                connection.sendall(encode(list(samples())))
            except OSError:
                continue  # the supervisor went away; it asks again
            except Exception as error:  # a scrape without this part says that something is wrong
                logs.write("metrics_failed", level="error", error=type(error).__name__)

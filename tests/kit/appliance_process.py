"""The whole appliance as its operator runs it: a configuration file, `appliance up`, SIGTERM.

Every test appliance has a data directory, a key directory on tmpfs, free ports and a clock of its own. Its processes
form one session, so that what is left behind after a stop can be seen.
"""

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.kit import process_tree
from tests.kit.ports import free_ports

STOP_SECONDS = 20.0
_READY_SECONDS = 90.0
_LOOK_AGAIN_SECONDS = 0.02
_CLOCK_LAG_SECONDS = 0.06
"""Processes look at the clock file again after 50 ms."""


@dataclass(frozen=True)
class Site:
    """A measured site of the configuration."""

    id: str
    timezone: str = "UTC"
    hostnames: tuple[str, ...] = ()
    pages: tuple[str, ...] = ("/*",)
    extra: str = ""
    """TOML within the site's section."""


@dataclass(frozen=True)
class Key:
    """A bearer key of the stats API; an empty one is made up."""

    name: str = "reader"
    sites: tuple[str, ...] = ("*",)
    secret: str = ""


class MovedClock:
    """The clock of one test appliance and its uptime: the machine's plus the seconds in a file."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._offset = self._uptime_offset = 0.0
        self._write()

    def now(self) -> float:
        """What the appliance takes for the present, in seconds since 1970."""
        return time.time() + self._offset

    def set(self, moment: float) -> None:
        """Let time pass until a moment; returns when every process sees it at its next look."""
        self._uptime_offset += moment - self.now()
        self._move(moment)

    def leap(self, seconds: float) -> None:
        """Set the clock forward or back, as a wrong time server does: no time has passed."""
        self._move(self.now() + seconds)

    def _move(self, moment: float) -> None:
        self._offset = moment - time.time()
        self._write()
        time.sleep(_CLOCK_LAG_SECONDS)  # a look at a file: nothing to await

    def advance(self, seconds: float) -> None:
        """Let some seconds pass."""
        self.set(self.now() + seconds)

    def _write(self) -> None:
        fresh = self.path.with_suffix(".fresh")
        fresh.write_text(f"{self._offset!r} {self._uptime_offset!r}")
        fresh.replace(self.path)


class ApplianceProcess:
    """`appliance up` on a configuration of its own; a context manager that starts it and cleans up."""

    def __init__(
        self,
        directory: Path,
        sites: Sequence[Site],
        keys: Sequence[Key] = (Key(),),
        *,
        at: float | None = None,
        limits: str = "enabled = false",
        extra: str = "",
        metrics: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Prepare it, without starting.

        Args:
            at: moment to start at.
            limits: TOML of that section.
            extra: TOML that comes behind the rest.
            metrics: they are shown at `self.metrics`.
            environment: variables of its processes besides our own.
        """
        self.directory = directory
        self.data_dir = directory / "data"
        self.runtime_dir = Path(tempfile.mkdtemp(prefix="apt-", dir="/dev/shm"))
        self.home = directory / "home"
        """Stands in for the home directory and for /tmp, so that what a library leaves there is seen."""
        self.home.mkdir(exist_ok=True)
        self.config = directory / "appliance.toml"
        self.clock = MovedClock(directory / "clock")
        self.keys = {key.name: key.secret or secrets.token_urlsafe(24) for key in keys}
        self.ports = free_ports(4)
        self.shows_metrics = metrics
        self.ready_line: dict[str, Any] = {}
        self.process: subprocess.Popen[bytes] | None = None
        self._starts = 0
        self._environment = environment or {}
        if at is not None:
            self.clock.set(at)
        self.config.write_text(_toml(self, sites, keys, limits) + extra)

    @property
    def ingest(self) -> str:
        """Base address of ingest."""
        return f"http://127.0.0.1:{self.ports[0]}"

    @property
    def stats(self) -> str:
        """Base address of the stats API."""
        return f"http://127.0.0.1:{self.ports[1]}"

    @property
    def dashboard(self) -> str:
        """Base address of the dashboard."""
        return f"http://127.0.0.1:{self.ports[2]}"

    @property
    def metrics(self) -> str:
        """Address of the metrics."""
        return f"http://127.0.0.1:{self.ports[3]}/metrics"

    @property
    def session(self) -> int:
        """Session of all processes of the last start."""
        assert self.process is not None
        return self.process.pid

    def __enter__(self) -> "ApplianceProcess":
        try:
            return self.start()
        except BaseException:
            self.clean_up()
            raise

    def __exit__(self, *_exception: object) -> None:
        self.clean_up()

    def start(self) -> "ApplianceProcess":
        """Start and await the line that says ready."""
        self.launch()
        self.await_ready()
        return self

    def launch(self) -> None:
        """Start without waiting."""
        self._starts += 1
        with self._output("stdout").open("wb") as out, self._output("stderr").open("wb") as err:
            self.process = subprocess.Popen(
                command("up", self.config),
                cwd=self.directory,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=err,
                start_new_session=True,
                env=os.environ | {"HOME": str(self.home), "TMPDIR": str(self.home)} | self._environment,
            )

    def await_ready(self) -> None:
        """Wait for the line that says ready; fails with the log when the process ends before."""
        assert self.process is not None
        deadline = time.monotonic() + _READY_SECONDS
        while not (said := self._output("stdout").read_text()).endswith("\n"):
            ended = self.process.poll()
            assert ended is None, f"exit code {ended}: {self.log()[-4000:]}"
            assert time.monotonic() < deadline, f"not ready in {_READY_SECONDS} s: {self.log()[-4000:]}"
            time.sleep(_LOOK_AGAIN_SECONDS)  # a file: nothing to await
        self.ready_line = json.loads(said.splitlines()[0])
        assert self.ready_line["event"] == "ready"

    def stop(self) -> float:
        """SIGTERM; returns the seconds it took, at most 20, after which no process is left."""
        assert self.process is not None
        started = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(STOP_SECONDS + 5)
        took = time.monotonic() - started
        left = process_tree.members(self.session)
        assert code == 0, f"exit code {code}: {self.log()[-4000:]}"
        assert took <= STOP_SECONDS, f"stopping took {took:.1f} s"
        assert not left, f"still running: {left}"
        return took

    def restart(self) -> None:
        """Stop in order and start again on the same data."""
        self.stop()
        self.start()

    def kill_supervisor(self) -> None:
        """SIGKILL to the first process only; the others have to notice."""
        assert self.process is not None
        self.process.kill()
        self.process.wait(5)

    def kill(self) -> None:
        """SIGKILL to every process at once."""
        assert self.process is not None
        process_tree.kill_all(self.session)
        self.process.wait(10)
        left = process_tree.await_empty(self.session, 10)
        assert not left, f"still running: {left}"

    def pids(self) -> dict[int, str]:
        """Command lines by pid of all running processes."""
        return process_tree.members(self.session)

    def log(self) -> str:
        """Everything on stderr since the last start."""
        return self._output("stderr").read_text(errors="replace")

    def clean_up(self) -> None:
        """Kill what still runs and remove the key directory; the rest lies in the test's directory."""
        if self.process is not None and self.pids():
            self.kill()
        elif self.process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.process.wait(1)
        shutil.rmtree(self.runtime_dir, ignore_errors=True)

    def _output(self, stream: str) -> Path:
        return self.directory / f"{stream}.{self._starts}"


def command(name: str, config: Path) -> list[str]:
    """Command line of an `appliance` command."""
    return [sys.executable, "-P", "-m", "appliance", *name.split(), "--config", str(config)]


def run(name: str, config: Path, seconds: float = 60) -> subprocess.CompletedProcess[str]:
    """Run a command that is expected to end by itself; what it started is killed if it does not."""
    process = subprocess.Popen(
        command(name, config),
        cwd=config.parent,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONWARNINGS": "default"},
    )
    try:
        out, err = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        process_tree.kill_all(process.pid)
        process.communicate()
        raise
    assert not process_tree.await_empty(process.pid, 5)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def _toml(appliance: ApplianceProcess, sites: Sequence[Site], keys: Sequence[Key], limits: str) -> str:
    ingest, stats, dashboard, metrics = appliance.ports
    lines = [
        "[server]",
        f'listen = "127.0.0.1:{ingest}"',
        f'stats_listen = "127.0.0.1:{stats}"',
        f'dashboard_listen = "127.0.0.1:{dashboard}"',
        *([f'metrics_listen = "127.0.0.1:{metrics}"'] if appliance.shows_metrics else []),
        f"data_dir = {json.dumps(str(appliance.data_dir))}",
        'trusted_proxies = ["127.0.0.1/32"]',
        f"test_clock_file = {json.dumps(str(appliance.clock.path))}",
        "[limits]",
        limits,
        "[keyring]",
        f"directory = {json.dumps(str(appliance.runtime_dir))}",
    ]
    for site in sites:
        lines += [
            "[[sites]]",
            f'id = "{site.id}"',
            f'timezone = "{site.timezone}"',
            f"hostnames = {json.dumps(site.hostnames)}",
            f"pages = {json.dumps(site.pages)}",
            site.extra,
        ]
    for key in keys:
        lines += [
            "[[api_keys]]",
            f'name = "{key.name}"',
            f'key_file = "key-{key.name}"',
            f"sites = {json.dumps(key.sites)}",
        ]
        (appliance.directory / f"key-{key.name}").write_text(appliance.keys[key.name] + "\n")
    return "\n".join(lines) + "\n"

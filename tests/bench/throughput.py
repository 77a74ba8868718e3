"""Hits per second of ingest beside an application that does nothing: the same requests, in turn, in the same run.

Both have the same server, each alone on one core; the client and Redis are on the others. What is measured ends with
Redis' acknowledgement, so the processes that count are stopped meanwhile: on two cores they would take the client's.
"""

import os
import re
import shutil
import signal
import statistics
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.bench import cores, traffic
from tests.bench.noop import noop_server
from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site

CONNECTIONS = (32, 64, 128)
ROUNDS, ROUND_SECONDS = 4, 3
_WARM_UP_SECONDS = 2
_NO_LIMITS = "site_hits_per_second = 100_000\nsite_burst = 1_000_000\n"
_ROOM = "[redis]\nmaxmemory_mb = 2048\n"
"""Nobody counts meanwhile, so all hits stay in the queue."""
_MILLISECONDS = {"us": 1e-3, "ms": 1.0, "s": 1e3}


class Round(NamedTuple):
    """What the client saw in one round."""

    per_second: float
    p50: float
    """Milliseconds."""
    p99: float
    cpu: float
    """Microseconds of the HTTP process for each hit."""


class Result(NamedTuple):
    """Medians of several rounds in turn."""

    connections: int
    nothing: Round
    ingest: Round
    ratios: list[float]
    """Of neighbouring rounds."""

    @property
    def ratio(self) -> float:
        """Ingest to nothing."""
        return statistics.median(self.ratios)


def measure(sites: int, say: Callable[[str], None], connections: tuple[int, ...] = CONNECTIONS) -> list[Result]:
    """Measure a fresh appliance with this many sites."""
    if not shutil.which("wrk"):
        say("  not measured: there is no wrk on the PATH (Debian: apt-get install wrk)")
        return []
    names = [f"site{number}.example" for number in range(sites)]
    cores.pin(0, cores.OTHER_CORES)
    with (
        tempfile.TemporaryDirectory(prefix="bench-") as directory,
        _appliance(Path(directory), names) as (appliance, pid),
        noop_server() as (empty, empty_pid),
    ):
        cores.pin(pid, cores.HTTP_CORE)
        cores.pin(empty_pid, cores.HTTP_CORE)
        target = _Target(Path(directory), appliance, names)
        target.run(appliance.ingest, pid, connections[0], _WARM_UP_SECONDS)
        results = []
        for count in connections:
            rounds = [
                (
                    target.run(empty, empty_pid, count, ROUND_SECONDS),
                    target.run(appliance.ingest, pid, count, ROUND_SECONDS),
                )
                for _ in range(ROUNDS)
            ]
            nothing, ours = zip(*rounds, strict=True)
            ratios = [one.per_second / other.per_second for other, one in rounds]
            results.append(Result(count, _median(nothing), _median(ours), ratios))
            say(_line(results[-1]))
    return results


class _Target:
    """Runs the client against one server when everything else is done."""

    def __init__(self, directory: Path, appliance: ApplianceProcess, sites: list[str]) -> None:
        self._scripts: dict[str, Path] = {}
        self._directory = directory
        self._sites = sites
        self._appliance = appliance

    def run(self, url: str, pid: int, connections: int, seconds: int) -> Round:
        """One round; fails when a request is not answered with success."""
        cores.await_idle(self._appliance.pids())
        before = cores.cpu_seconds([pid])
        said = _wrk(url, self._script(url), connections, seconds)
        used = cores.cpu_seconds([pid]) - before
        hits = int(re.findall(r"(\d+) requests in", said)[0])
        return Round(
            float(re.findall(r"Requests/sec:\s+([\d.]+)", said)[0]), _time(said, 50), _time(said, 99), used / hits * 1e6
        )

    def _script(self, url: str) -> Path:
        if url not in self._scripts:
            place = self._directory / f"wrk-{len(self._scripts)}"
            place.mkdir()
            self._scripts[url] = traffic.write_script(place, urlsplit(url).netloc, self._sites)
        return self._scripts[url]


@contextmanager
def _appliance(directory: Path, names: list[str]) -> Iterator[tuple[ApplianceProcess, int]]:
    """The appliance and the pid of its ingest."""
    sites = [Site(name) for name in names]
    with ApplianceProcess(directory, sites, limits=_NO_LIMITS, extra=_ROOM) as appliance:
        parts = {process_tree.part_of(line): pid for pid, line in appliance.pids().items()}
        asleep = [parts[name] for name in ("worker", "warehouse", "dashboard")]
        for pid in asleep:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield appliance, parts["ingest"]
        finally:
            for pid in asleep:
                os.kill(pid, signal.SIGCONT)


def _wrk(url: str, script: Path, connections: int, seconds: int) -> str:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--latency", "-s", str(script), url]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    assert "Socket errors" not in said, said
    return said


def _time(said: str, percent: int) -> float:
    number, unit = re.findall(rf"^\s+{percent}%\s+([\d.]+)(us|ms|s)$", said, re.MULTILINE)[0]
    return float(number) * _MILLISECONDS[unit]


def _median(rounds: tuple[Round, ...]) -> Round:
    return Round(*(statistics.median(values) for values in zip(*rounds, strict=True)))


def _line(result: Result) -> str:
    nothing, ours = result.nothing, result.ingest
    return (
        f"  {result.connections:4} connections: ratio {result.ratio:.2f} "
        f"({min(result.ratios):.2f}–{max(result.ratios):.2f}), "
        f"{ours.per_second:6.0f} hits/s of {nothing.per_second:6.0f}; "
        f"p50 {ours.p50:5.2f} of {nothing.p50:5.2f} ms, p99 {ours.p99:5.2f} of {nothing.p99:5.2f} ms; "
        f"{ours.cpu:4.1f} of {nothing.cpu:4.1f} µs a hit"
    )

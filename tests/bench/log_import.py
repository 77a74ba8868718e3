"""Speed of `appliance import-log` beside GoAccess on the same log, and whether both count the same."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.bench.cores import HTTP_CORE, OTHER_CORES
from tests.kit import goaccess
from tests.kit.access_log import access_log
from tests.kit.appliance_process import ApplianceProcess, Site, command
from tests.kit.stats_client import StatsClient

_SITE = "example.org"
_DAY = datetime(2031, 3, 3, tzinfo=UTC)
_NOW = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()
_VISITS, _LINES = 60_000, 1_000_000
_ALL_CORES = HTTP_CORE | OTHER_CORES


class Used(NamedTuple):
    """What a command took."""

    seconds: float
    cpu_seconds: float
    """Of all its threads and children; unlike the time on the wall, others on the machine hardly change it."""
    peak_mb: float
    """The most of any program so far."""


def measure(say: Callable[[str], None], visits: int = _VISITS, lines: int = _LINES) -> None:
    """Import one generated day three times: on one core, on all cores, and beside a running appliance."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        log, out = Path(name) / "access.log", Path(name) / "goaccess.json"
        with log.open("w", encoding="ascii") as file:
            file.writelines(access_log(_DAY, visits, lines))
        say(f"log import: {lines:,} lines, {visits:,} visits, {log.stat().st_size / 1e6:.0f} MB, combined format")
        other = _timed(goaccess.command(log, out), HTTP_CORE)
        expected = goaccess.counted(out)
        say(f"  GoAccess, one core: {lines / other.seconds:,.0f} lines/s, {other.cpu_seconds:.1f} s of processor time")
        for where, cores, is_running in (
            ("one core", HTTP_CORE, False),
            ("all cores", _ALL_CORES, False),
            ("all cores, beside a running appliance", _ALL_CORES, True),
        ):
            used, found = _import(Path(name) / where.replace(" ", "-"), log, cores, is_running)
            assert found == expected, (found, expected)
            say(
                f"  import-log, {where}: {lines / used.seconds:,.0f} lines/s, ratio "
                f"{other.seconds / used.seconds:.2f}, {used.cpu_seconds:.1f} s of processor time, "
                f"at most {used.peak_mb:.0f} MB"
            )
        say("  (target: ratio at least 0.5 on one core, 1.0 on two)")
        say(f"  both count {expected.pages:,} pageviews and {expected.visitors:,} visitors")


def _import(directory: Path, log: Path, cores: Iterable[int], is_running: bool) -> tuple[Used, goaccess.Counted]:
    directory.mkdir()
    appliance = ApplianceProcess(directory, [Site(_SITE)], at=_NOW)
    try:
        if is_running:
            appliance.start()
        used = _timed(command(f"import-log --site {_SITE} {log}", appliance.config), cores)
        if not is_running:
            appliance.start()
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            day = f"{_DAY:%Y-%m-%d}"
            row = stats.table(_SITE, (day, day), metrics=["pageviews", "visitors"])[()]
        return used, goaccess.Counted(int(row["pageviews"]), int(row["visitors"]))
    finally:
        appliance.clean_up()


def _timed(arguments: list[str], cores: Iterable[int]) -> Used:
    own, before = os.sched_getaffinity(0), resource.getrusage(resource.RUSAGE_CHILDREN)
    os.sched_setaffinity(0, cores)
    quiet = subprocess.DEVNULL
    try:
        started = time.monotonic()
        subprocess.run(arguments, check=True, stdin=quiet, stdout=quiet, stderr=quiet)
        took = time.monotonic() - started
    finally:
        os.sched_setaffinity(0, own)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Used(took, cpu, after.ru_maxrss / 1e3)


if __name__ == "__main__":
    measure(lambda line: print(line, file=sys.stdout, flush=True))  # noqa: T201

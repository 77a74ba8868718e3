"""An import takes as much memory for ten times the log: what waits is on the disk, sealed, and days go one by one."""

import os
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.kit.access_log import access_log
from tests.kit.appliance_process import ApplianceProcess, Site, command

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()
FIRST = datetime(2031, 2, 1, tzinfo=UTC)
Log = tuple[int, int, int]
"""Days, visits of each, lines of each."""
MARGIN_MB = 110
"""What the engine may keep of days before; it takes 70. A list of the larger log's lines would add 120."""


def peak_mb(directory: Path, made: Log) -> float:
    """Greatest resident memory of an import alone: reader, counting and engine are one process."""
    directory.mkdir()
    n_days, visits, lines = made
    appliance = ApplianceProcess(directory, [Site(SITE)], at=NOON)
    try:
        log = directory / "access.log"
        with log.open("w", encoding="ascii") as file:
            for number in range(n_days):
                file.writelines(access_log(FIRST + timedelta(days=number), visits, lines, seed=number))
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(
            command(f"import-log --site {SITE} {log}", appliance.config), stdout=quiet, stderr=quiet
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_maxrss / 1024
    finally:
        appliance.clean_up()


@pytest.mark.parametrize(
    ("small", "large"),
    [
        pytest.param((2, 300, 25_000), (20, 300, 25_000), id="ten times the days"),
        # Events of more than one part of a day, so that it is divided.
        pytest.param((1, 6_000, 60_000), (1, 36_000, 360_000), id="days six times as large"),
    ],
)
def test_a_larger_log_takes_no_more_memory(tmp_path: Path, small: Log, large: Log) -> None:
    used = peak_mb(tmp_path / "small", small), peak_mb(tmp_path / "large", large)
    assert used[1] - used[0] < MARGIN_MB, used

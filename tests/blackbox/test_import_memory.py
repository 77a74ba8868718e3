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
VISITS, LINES = 300, 25_000
"""Of a day."""
MARGIN_MB = 110
"""What the engine may keep of days before; it takes 70. A list of the larger log's lines would add 120."""


def peak_mb(directory: Path, n_days: int) -> float:
    """Greatest resident memory of an import alone: reader, counting and engine are one process."""
    directory.mkdir()
    appliance = ApplianceProcess(directory, [Site(SITE)], at=NOON)
    try:
        log = directory / "access.log"
        with log.open("w", encoding="ascii") as file:
            for number in range(n_days):
                file.writelines(access_log(FIRST + timedelta(days=number), VISITS, LINES, seed=number))
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


def test_ten_times_the_log_takes_no_more_memory(tmp_path: Path) -> None:
    small, large = peak_mb(tmp_path / "small", 2), peak_mb(tmp_path / "large", 20)
    assert large - small < MARGIN_MB, (small, large)

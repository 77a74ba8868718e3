"""SIGKILL while old data are deleted loses nothing that is kept, and the next run finishes."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.integration.warehouse.doomed_retention import LAST_LIMIT

pytestmark = pytest.mark.clickhouse

SCRIPT = Path(__file__).with_name("doomed_retention.py")


def start(directory: Path) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.Popen(
        [sys.executable, str(SCRIPT), str(directory)], stdout=subprocess.PIPE, text=True, env=environment
    )


def test_killed_at_random_moments_what_is_kept_stays_and_what_is_old_goes(tmp_path: Path) -> None:
    random = Random(3)
    for _ in range(6):
        process = start(tmp_path)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0.0, 0.6))  # the moment of the kill is the experiment
        process.kill()
        process.communicate(timeout=10)

    output, _ = start(tmp_path).communicate(timeout=120)

    before = json.loads((tmp_path / "filled.json").read_text())
    after = json.loads(output.splitlines()[-1])
    for table in before:
        assert after[table] == [before[table][0], LAST_LIMIT.isoformat()], table

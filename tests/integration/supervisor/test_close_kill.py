"""SIGKILL in the middle of a day's end, with the engine's files as they are then, changes no cell."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import pytest

from appliance.state.connection import Client
from tests.integration.supervisor.doomed_close import STEPS
from tests.kit.day_end import RUNNING, SITE

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

SCRIPT = Path(__file__).with_name("doomed_close.py")


def live(directory: Path, redis_url: str, keys: str, *step: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), str(directory), redis_url, keys, *step]
    environment = {**os.environ, "PYTHONPATH": os.getcwd()}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=120, check=False)


def rows(ended: subprocess.CompletedProcess[str]) -> dict[str, list[list[Any]]]:
    assert ended.returncode == 0, ended.stderr
    found: dict[str, list[list[Any]]] = json.loads(ended.stdout)
    return found


def test_every_cell_is_that_of_an_undisturbed_close(tmp_path: Path, redis_client: Client, redis_url: str) -> None:
    with tempfile.TemporaryDirectory(prefix="apt-", dir="/dev/shm") as keys:
        undisturbed = rows(live(tmp_path / "undisturbed", redis_url, keys))
    assert {row[0] for row in undisturbed["cells"]} == {SITE}
    assert {row[0] for row in undisturbed["cells_running"]} == {RUNNING}
    redis_client.flushall()
    with tempfile.TemporaryDirectory(prefix="apt-", dir="/dev/shm") as keys:
        for step in STEPS:
            killed = live(tmp_path / "killed", redis_url, keys, step)
            assert killed.returncode == -signal.SIGKILL, (step, killed.stderr)
        assert rows(live(tmp_path / "killed", redis_url, keys)) == undisturbed

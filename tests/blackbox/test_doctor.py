"""`appliance doctor` on a running and on a stopped appliance."""

import os
import signal
from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site, run

pytestmark = pytest.mark.blackbox


def doctor(appliance: ApplianceProcess) -> tuple[int, dict[str, list[str]]]:
    """Exit code, and what is said of each thing with its level; the test clock is a fault of its own."""
    ended = run("doctor", appliance.config)
    said: dict[str, list[str]] = {}
    for line in ended.stdout.splitlines()[:-1]:
        if not line.startswith(" "):
            said.setdefault(line[9:19].strip(), []).append(f"{line[:8].strip()}: {line[20:]}")
    return ended.returncode, said


def test_looks_at_everything_running_broken_and_stopped(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site("example.org")]) as appliance:
        _, said = doctor(appliance)
        for part in ("ingest", "warehouse", "dashboard"):
            assert said[part][0].startswith("ok: ready at http://127.0.0.1:")
        assert said["worker"] == ["ok: runs"]
        assert said["days"] == ["ok: none is overdue"]
        assert any("answers" in line for line in said["Redis"])
        assert "fault: server.test_clock_file is set" in said["clock"]
        assert said["evidence"][0].endswith("the chain holds")

        redis = next(pid for pid, line in appliance.pids().items() if "redis-server" in line)
        os.kill(redis, signal.SIGSTOP)
        try:
            code, said = doctor(appliance)
        finally:
            os.kill(redis, signal.SIGCONT)
        assert code == 1
        assert said["ingest"][0].startswith("fault: ")
        assert any("did not take the command" in line for line in said["Redis"])

        appliance.stop()
        code, said = doctor(appliance)
        assert said["parts"][0].startswith("note: the appliance is stopped")
        assert "worker" not in said

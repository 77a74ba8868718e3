"""`appliance up` as a process: what it refuses in one sentence, and what it leaves behind."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.redis_server import running_redis

pytestmark = pytest.mark.blackbox

SITE = Site("example.org")


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    made = ApplianceProcess(tmp_path, [SITE])
    yield made
    made.clean_up()


def refusal(appliance: ApplianceProcess, command: str = "up") -> tuple[int, list[str]]:
    """Exit code, and what is on stderr beside log lines."""
    ended = run(command, appliance.config)
    assert "Traceback" not in ended.stderr
    assert '"ready"' not in ended.stdout
    return ended.returncode, [line for line in ended.stderr.splitlines() if not line.startswith("{")]


def test_keys_on_a_disk_are_refused(appliance: ApplianceProcess, tmp_path: Path) -> None:
    text = appliance.config.read_text().replace(str(appliance.runtime_dir), str(tmp_path / "keys"))
    appliance.config.write_text(text)
    code, said = refusal(appliance)
    assert (code, len(said)) == (1, 1)
    assert "keys must never touch a disk" in said[0]


@pytest.mark.parametrize("command", ["up", "check", "worker"])
def test_wrong_configuration_has_an_exit_code_of_its_own(appliance: ApplianceProcess, command: str) -> None:
    appliance.config.write_text("[server]\nlisten = 8000\n")
    code, said = refusal(appliance, command)
    assert (code, len(said)) == (2, 1)
    assert "server.listen" in said[0]


def test_redis_that_evicts_is_refused(appliance: ApplianceProcess) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="redis-") as directory,
        running_redis(Path(directory), "--maxmemory-policy", "allkeys-lru") as url,
    ):
        appliance.config.write_text(f'{appliance.config.read_text()}[redis]\nurl = "{url}"\n')
        code, said = refusal(appliance)
    assert (code, len(said)) == (1, 1)
    assert "Redis has maxmemory-policy allkeys-lru" in said[0]


def test_killed_supervisor_leaves_no_process_and_no_lock(appliance: ApplianceProcess) -> None:
    with appliance:
        appliance.kill_supervisor()
        assert process_tree.await_empty(appliance.session, 5) == {}
        appliance.start()
        appliance.stop()


def test_every_line_on_stderr_is_json_and_stdout_has_the_ready_line_alone(appliance: ApplianceProcess) -> None:
    with appliance:
        appliance.stop()
    lines = appliance.log().splitlines()
    assert lines
    assert all(line.startswith("{") and line.endswith("}") for line in lines)
    assert '"stray_output"' not in appliance.log()
    assert len((appliance.directory / "stdout.1").read_text().splitlines()) == 1

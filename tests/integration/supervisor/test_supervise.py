"""`appliance up` as a process: what it refuses in one sentence, what it survives, what it leaves behind."""

import os
import signal
import socket
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


def test_taken_port_is_refused_in_one_sentence(appliance: ApplianceProcess) -> None:
    with socket.create_server(("127.0.0.1", appliance.ports[1])):
        assert refusal(appliance) == (
            1,
            [
                f"appliance: server.stats_listen: 127.0.0.1:{appliance.ports[1]} is taken by another program; "
                "stop that program or choose another port"
            ],
        )


def test_unwritable_data_dir_is_refused_in_one_sentence(appliance: ApplianceProcess) -> None:
    appliance.data_dir.write_text("a file, not a directory")
    code, said = refusal(appliance)
    assert (code, len(said)) == (1, 1)
    assert said[0].startswith(f"appliance: server.data_dir: {appliance.data_dir} cannot be written to (")


def test_second_appliance_on_the_same_data_is_refused(appliance: ApplianceProcess) -> None:
    with appliance:
        assert refusal(appliance) == (
            1,
            [f"appliance: another appliance is running on {appliance.data_dir}; stop it first"],
        )


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


def test_part_that_is_killed_is_started_again(appliance: ApplianceProcess) -> None:
    with appliance:
        killed = pid_of(appliance, "appliance ingest")
        os.kill(killed, signal.SIGKILL)
        await_log(appliance, '"event": "part_ready", "of": "ingest"', times=2)
        assert pid_of(appliance, "appliance ingest") != killed
        appliance.stop()


def test_told_to_stop_while_it_starts_it_leaves_nothing(appliance: ApplianceProcess) -> None:
    appliance.launch()
    await_log(appliance, '"event": "part_ready", "of": "redis"', times=1)
    appliance.stop()


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


def pid_of(appliance: ApplianceProcess, words: str) -> int:
    return next(pid for pid, line in appliance.pids().items() if words in line)


def await_log(appliance: ApplianceProcess, words: str, *, times: int) -> None:
    while appliance.log().count(words) < times:
        assert appliance.process is not None
        assert appliance.process.poll() is None, appliance.log()
        process_tree.await_empty(appliance.session, 0.05)

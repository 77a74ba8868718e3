"""Starting, stopping and being killed: what was acknowledged stays, what stands in the way is said in one sentence."""

import json
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kit import process_tree
from tests.kit.appliance_process import STOP_SECONDS, ApplianceProcess, Site, run
from tests.kit.load import Load
from tests.kit.stats_client import StatsClient, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = 1_930_478_400


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    """Prepared, not started."""
    appliance = ApplianceProcess(tmp_path, [Site(SITE)], at=NOON)
    yield appliance
    appliance.clean_up()


def counted(appliance: ApplianceProcess) -> int:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return int(stats.totals(SITE)["pageviews"])


def refusal(appliance: ApplianceProcess, name: str = "up") -> str:
    """The one sentence with which a command ends."""
    ended = run(name, appliance.config)
    assert ended.returncode in (1, 2), (ended.returncode, ended.stderr)
    assert ended.stdout == ""
    said = [line for line in ended.stderr.splitlines() if not line.startswith("{")]
    assert len(said) == 1, ended.stderr
    assert "Traceback" not in ended.stderr
    assert said[0].startswith("appliance: ")
    return said[0]


def test_ready_line_names_addresses_that_answer(appliance: ApplianceProcess) -> None:
    appliance.start()
    line = appliance.ready_line
    assert (line["ingest"], line["stats"], line["dashboard"]) == (
        *(appliance.ingest, appliance.stats),
        appliance.dashboard,
    )
    for base in (appliance.ingest, appliance.stats):
        for state in ("live", "ready"):
            assert httpx.get(f"{base}/health/{state}", trust_env=False).status_code == 200
    assert httpx.get(appliance.dashboard, trust_env=False, follow_redirects=True).status_code == 200
    assert f'data-domain="{SITE}"' in line["script"]


def test_what_was_acknowledged_under_load_is_counted_once_after_sigterm_and_a_new_start(
    appliance: ApplianceProcess,
) -> None:
    appliance.start()
    with Load(appliance.ingest, SITE) as load:
        load.await_acknowledged(300)
        appliance.stop()
        load.await_failure()
    appliance.start()
    await_counted(appliance, [load])


def test_what_was_acknowledged_under_load_is_counted_once_after_every_process_is_killed(
    appliance: ApplianceProcess,
) -> None:
    appliance.start()
    loads = []
    for _ in range(2):
        with Load(appliance.ingest, SITE) as load:
            load.await_acknowledged(300)
            appliance.kill()
            load.await_failure()
        loads.append(load)
        appliance.start()
    await_counted(appliance, loads)


@pytest.mark.parametrize("part", ["ingest", "worker", "warehouse", "redis-server"])
def test_part_that_is_killed_under_load_is_started_again_and_nothing_is_lost_or_counted_twice(
    appliance: ApplianceProcess, part: str
) -> None:
    def pid_of_part() -> int | None:
        return next((pid for pid, line in appliance.pids().items() if is_part(line, part)), None)

    appliance.start()
    with Load(appliance.ingest, SITE) as load:
        load.await_acknowledged(200)
        first = pid_of_part()
        assert first is not None
        process_tree.kill(first)
        await_true(lambda: pid_of_part() not in (first, None), f"{part} runs again")
        await_true(lambda: is_ready(appliance), f"ready after {part} was killed", 30)
        load.await_acknowledged(len(load.acknowledged) + 100)
    await_counted(appliance, [load])


def await_counted(appliance: ApplianceProcess, loads: list[Load]) -> None:
    """Every hit once: none too few after some time, none too many after an orderly stop, which counts what waits."""
    for load in loads:
        load.resend()
    sent = sum(len(load.acknowledged) for load in loads)
    await_true(lambda: counted(appliance) >= sent, f"{sent} hits counted", 30)
    appliance.restart()
    assert counted(appliance) == sent


def test_killed_supervisor_leaves_no_process(appliance: ApplianceProcess) -> None:
    appliance.start()
    appliance.kill_supervisor()
    assert not process_tree.await_empty(appliance.session, STOP_SECONDS)


def test_an_interrupt_stops_as_well(appliance: ApplianceProcess) -> None:
    appliance.start()
    assert appliance.process is not None
    appliance.process.send_signal(signal.SIGINT)
    assert appliance.process.wait(STOP_SECONDS) == 0
    assert not appliance.pids()


def test_stop_during_the_start_leaves_no_process(appliance: ApplianceProcess) -> None:
    appliance.launch()
    await_true(lambda: len(appliance.pids()) >= 3, "parts are starting")
    assert appliance.process is not None
    appliance.process.send_signal(signal.SIGTERM)
    assert appliance.process.wait(STOP_SECONDS) == 0
    assert not appliance.pids()


@pytest.mark.parametrize(("index", "key"), [(0, "listen"), (1, "stats_listen"), (2, "dashboard_listen")])
def test_taken_port_is_named(appliance: ApplianceProcess, index: int, key: str) -> None:
    with socket.create_server(("127.0.0.1", appliance.ports[index])):
        said = refusal(appliance)
    assert f"server.{key}" in said
    assert str(appliance.ports[index]) in said


def test_data_directory_that_cannot_be_written_is_named(appliance: ApplianceProcess, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    change(appliance, str(appliance.data_dir), str(tmp_path / "file" / "data"))
    assert str(tmp_path / "file" / "data") in refusal(appliance)


def test_second_appliance_on_the_same_data_is_refused_and_the_first_goes_on(
    appliance: ApplianceProcess, tmp_path_factory: pytest.TempPathFactory
) -> None:
    appliance.start()
    second = ApplianceProcess(tmp_path_factory.mktemp("second"), [Site(SITE)])
    change(second, str(second.data_dir), str(appliance.data_dir))
    try:
        assert str(appliance.data_dir) in refusal(second)
    finally:
        second.clean_up()
    assert is_ready(appliance)


@pytest.mark.parametrize(
    ("old", "new", "named"),
    [
        ("[limits]", "[limit]", "limit"),
        ("enabled = false", "enabeld = false", "enabeld"),
        ('timezone = "UTC"', 'timezone = "Mars/Olympus"', "Mars/Olympus"),
        ('trusted_proxies = ["127.0.0.1/32"]', 'trusted_proxies = ["0.0.0.0/0"]', "trusted_proxies"),
        ("[server]", "[server", "TOML"),
    ],
)
def test_wrong_configuration_is_refused_by_up_and_by_check(
    appliance: ApplianceProcess, old: str, new: str, named: str
) -> None:
    change(appliance, old, new)
    assert named in refusal(appliance, "up")
    assert named in refusal(appliance, "check")


def test_missing_configuration_is_named(appliance: ApplianceProcess) -> None:
    appliance.config.unlink()
    assert str(appliance.config) in refusal(appliance)


def test_check_says_what_would_run_and_starts_nothing(appliance: ApplianceProcess) -> None:
    ended = run("check", appliance.config)
    assert ended.returncode == 0, ended.stderr
    assert SITE in ended.stdout
    assert appliance.keys["reader"] not in ended.stdout
    assert not appliance.data_dir.exists()


def test_log_lines_are_json(appliance: ApplianceProcess) -> None:
    appliance.start()
    appliance.stop()
    lines = appliance.log().splitlines()
    assert lines
    assert all({"at", "level", "part", "event"} <= json.loads(line).keys() for line in lines)


def is_part(command_line: str, part: str) -> bool:
    return f" appliance {part} " in command_line or command_line.partition(" ")[0].endswith(part)


def is_ready(appliance: ApplianceProcess) -> bool:
    try:
        addresses = (appliance.ingest, appliance.stats)
        return all(httpx.get(f"{base}/health/ready", trust_env=False).status_code == 200 for base in addresses)
    except httpx.TransportError:
        return False


def change(appliance: ApplianceProcess, old: str, new: str) -> None:
    text = appliance.config.read_text()
    assert old in text
    appliance.config.write_text(text.replace(old, new))

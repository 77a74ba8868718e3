"""Redis away, standing still, with a full disk, with a cut file, and empty: 503, alarms, and exact numbers afterwards.

Every hit has an event id and is sent again after a 503, as browsers do; nothing may be missing or be there twice.
The numbers of the tests' visitors do not overlap.
"""

import signal
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest

from tests.kit.appliance_process import run
from tests.kit.evidence_file import entries
from tests.kit.external_engines import External, external_appliance
from tests.kit.outage import seconds_of_outage
from tests.kit.stats_client import await_equal, await_true

pytestmark = pytest.mark.blackbox


@pytest.fixture(scope="module")
def external(tmp_path_factory: pytest.TempPathFactory) -> Iterator[External]:
    with external_appliance(tmp_path_factory.mktemp("redis"), metrics=True) as external:
        yield external


def counted(external: External) -> int:
    """How many there are, when none is under way."""
    await_true(lambda: external.visitors() >= 0, "nothing is half counted")
    return external.visitors()


def refused(external: External, numbers: range) -> None:
    """Hits of these visitors, all at once, are answered 503 with a time to try again, within the client's 10 s."""
    with ThreadPoolExecutor(8) as senders:
        answers = [answer for (answer,) in senders.map(lambda number: external.post([number]), numbers)]
    assert [(answer.status_code, answer.headers["retry-after"].isdigit()) for answer in answers] == [(503, True)] * len(
        answers
    )


def alarmed(external: External) -> None:
    """The log, the metrics, the health check and the doctor say that Redis is away."""
    appliance = external.appliance
    await_true(lambda: "redis_unavailable" in appliance.log(), "the worker says so")
    await_true(lambda: "flush_failed" in appliance.log(), "the warehouse says so")
    metrics = httpx.get(appliance.metrics, trust_env=False, timeout=30).text
    assert 'appliance_part_up{part="ingest"} 1' in metrics
    assert 'appliance_queue_entries{part="redis"}' not in metrics
    assert httpx.get(f"{appliance.ingest}/health/ready", trust_env=False, timeout=10).status_code == 503
    said = run("doctor", appliance.config)
    assert said.returncode == 1
    assert "Hits get 503 until it answers." in said.stdout


def recovered(external: External, numbers: range, total: int) -> None:
    """What was refused is taken now, and everything is counted once."""
    await_true(lambda: {answer.status_code for answer in external.post(numbers)} == {202}, "hits are taken again")
    external.send(numbers)
    await_equal(external.visitors, total, seconds=30)


def test_away_for_a_minute(external: External) -> None:
    external.send(range(10))
    external.redis.kill()
    refused(external, range(10, 30))
    alarmed(external)
    for _ in seconds_of_outage(60):
        refused(external, range(10, 30))
    external.redis.start()
    recovered(external, range(30), 30)
    assert '"recovered"' in external.appliance.log()
    assert httpx.get(f"{external.appliance.ingest}/health/ready", trust_env=False).status_code == 200


def test_standing_still_for_a_minute(external: External) -> None:
    before = counted(external)
    external.send(range(100, 110))
    external.redis.send(signal.SIGSTOP)
    try:
        for _ in seconds_of_outage(60):
            refused(external, range(110, 126))
        alarmed(external)
    finally:
        external.redis.send(signal.SIGCONT)
    # Redis does what it had been sent, and then the same again under the same ids.
    recovered(external, range(100, 126), before + 26)


def test_disk_full(external: External) -> None:
    before = counted(external)
    external.send(range(200, 210))
    external.redis.limit_files(max(file.stat().st_size for file in append_only_files(external)) + 2000)
    answers = [answer.status_code for number in range(210, 260) for answer in external.post([number])]
    assert external.redis.await_end() != 0
    assert "recover from AOF write error" in external.redis.log()
    assert answers[-1] == 503
    alarmed(external)
    external.redis.start()  # there is room again
    taken = answers.count(202)
    await_equal(external.visitors, before + 10 + taken, seconds=30)
    recovered(external, range(200, 260), before + 60)


def test_cut_file(external: External) -> None:
    before = counted(external)
    external.send(range(300, 310))
    await_equal(external.visitors, before + 10)
    external.redis.kill()
    (file,) = [file for file in append_only_files(external) if ".incr." in file.name]
    with file.open("r+b") as cut:
        cut.truncate(file.stat().st_size - 7)
    external.redis.start()
    assert "Truncating the AOF" in external.redis.log()
    recovered(external, range(310, 320), before + 20)


def test_restarted_empty(external: External) -> None:
    before = counted(external)
    external.send(range(400, 410))
    await_equal(external.visitors, before + 10)
    external.redis.kill()
    for file in append_only_files(external):
        file.unlink()
    external.redis.start()
    await_true(lambda: "redis_emptied" in external.appliance.log(), "the worker notices it")
    recovered(external, range(410, 430), before + 30)
    appliance = external.appliance
    assert [entry["kind"] for entry in entries(appliance.data_dir)].count("redis_emptied") == 1
    assert "came back without its data 1 times" in run("doctor", appliance.config).stdout
    warning = httpx.get(f"{appliance.stats}/health/ready", trust_env=False, timeout=10)
    assert (warning.status_code, "Redis lost its data on 2031-03-05" in warning.text) == (503, True)
    metrics = httpx.get(appliance.metrics, trust_env=False, timeout=30).text
    assert "appliance_redis_emptied_seconds{" in metrics
    assert 'appliance_redis_emptied_seconds{part="redis"} 0' not in metrics


def append_only_files(external: External) -> list[Path]:
    return list((external.redis.directory / "appendonlydir").iterdir())

"""`appliance close`, beside a running appliance and without one; and days whose request is lost close by themselves."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.evidence_file import closed_days, entries
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE, DAY = "example.org", "2031-03-05"
NOON = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()
CLOSE = f"close --site {SITE} --day {DAY}"


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    """With the counters of a day that runs, and stopped."""
    with ApplianceProcess(tmp_path, [Site(SITE)], at=NOON) as appliance:
        visitors = [Visitor(f"87.128.0.{number}") for number in range(1, 9)]
        Sender(appliance.ingest, appliance.clock).send([Hit(SITE, visitor, path="/page") for visitor in visitors])
        await_equal(lambda: pages(appliance), {("/page",): 8})
        appliance.stop()
        yield appliance


def pages(appliance: ApplianceProcess) -> dict[tuple[str, ...], int]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        table = stats.table(SITE, (DAY, DAY), ["event:page"], ["visitors"])
    return {page: int(row["visitors"]) for page, row in table.items()}


def close(appliance: ApplianceProcess, command: str = CLOSE) -> tuple[int, str]:
    ended = run(command, appliance.config)
    return ended.returncode, ended.stdout or ended.stderr


def test_a_stopped_appliance_ends_and_closes_the_day_once(appliance: ApplianceProcess) -> None:
    assert close(appliance) == (1, f"appliance: {DAY} is not over at '{SITE}' (UTC)\n")
    assert close(appliance, f"close --site none.example --day {DAY}") == (
        1,
        "appliance: there is no site 'none.example' in the configuration\n",
    )
    assert close(appliance, f"close --site {SITE} --day yesterday")[0] == 2

    appliance.clock.advance(13 * 3600)
    assert close(appliance) == (0, f"{DAY} of '{SITE}' is closed\n")
    assert close(appliance) == (0, f"{DAY} of '{SITE}' is already closed\n")
    assert closed_days(appliance.data_dir) == {(SITE, DAY)}
    assert close(appliance, f"close --site {SITE} --day 2031-03-04")[1].startswith("nothing of 2031-03-04")

    appliance.start()
    assert pages(appliance) == {("/page",): 8}
    assert close(appliance) == (0, f"{DAY} of '{SITE}' is already closed\n")
    assert [entry["kind"] for entry in entries(appliance.data_dir)].count("day_closed") == 1


def test_a_day_that_redis_and_the_keys_have_forgotten_is_closed_by_the_next_start(appliance: ApplianceProcess) -> None:
    shutil.rmtree(appliance.data_dir / "redis")
    for file in appliance.runtime_dir.glob("*-keys"):
        file.unlink()
    appliance.clock.advance(13 * 3600)
    appliance.start()
    await_true(lambda: asked(appliance) == ["appliance"], "the forgotten day is found")
    assert close(appliance)[0] == 0
    assert [entry["day"] for entry in entries(appliance.data_dir) if entry["kind"] == "day_closed"] == [DAY]
    assert pages(appliance) == {("/page",): 8}


def asked(appliance: ApplianceProcess) -> list[str]:
    return [entry["by"] for entry in entries(appliance.data_dir) if entry["kind"] == "close_requested"]

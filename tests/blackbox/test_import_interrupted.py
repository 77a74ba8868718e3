"""An import that is killed, at whatever point, goes on with the same command: nothing is lost, nothing doubled."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path

import pytest

from tests.kit import process_tree
from tests.kit.access_log import access_log
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.evidence_file import days_with
from tests.kit.log_import import imported, started_import
from tests.kit.stats_client import StatsClient, Table, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()
DAYS = [datetime(2031, 3, day, tzinfo=UTC) for day in (2, 3, 4)]
ALL = ("2031-03-01", "2031-03-05")
DIMENSIONS = ("event:page", "visit:source", "visit:browser", "visit:country", "time:day")


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[ApplianceProcess]:
    appliance = ApplianceProcess(tmp_path, [Site(SITE)], at=NOON)
    yield appliance
    appliance.clean_up()


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("log") / "access.log"
    days = enumerate(DAYS)
    path.write_text("".join(entry for seed, day in days for entry in access_log(day, 1500, 9000, seed)))
    return path


def points(appliance: ApplianceProcess) -> list[Callable[[], bool]]:
    """Moments of an import in their order."""
    note, keys, data = appliance.data_dir / "import-day", appliance.runtime_dir / "import-keys", appliance.data_dir

    def counting(day: int) -> Callable[[], bool]:
        return lambda: note.exists() and f"03-0{day}" in note.read_text()

    def closed(day: int) -> Callable[[], bool]:
        return lambda: (SITE, f"2031-03-0{day}") in days_with(data, "day_closed")

    return [keys.exists, counting(2), closed(2), counting(3), closed(3), counting(4), closed(4)]


def answers(appliance: ApplianceProcess) -> dict[tuple[str, ...], Table]:
    asked = [(), *((one,) for one in DIMENSIONS), *combinations(DIMENSIONS[:4], 2)]
    metrics = ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"]
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return {one: stats.table(SITE, ALL, one, metrics if "event:page" not in one else metrics[:3]) for one in asked}


def of_the_text(log: Path) -> tuple[dict[str, int], dict[str, int]]:
    """Pageviews by page and visitors by day, straight from the lines."""
    views: Counter[str] = Counter()
    visitors: set[tuple[str, str, str]] = set()
    for entry in log.read_text().splitlines():
        _, request, status, _, _, agent, _ = entry.split('"')
        path = request.split()[1]
        if "." not in path and status.startswith(" 200") and "bot" not in agent:
            views[path] += 1
            visitors.add((entry.split("[")[1][:2], entry.split()[0], agent))
    return dict(views), Counter(f"2031-03-{day}" for day, _, _ in visitors)


@pytest.fixture(scope="module")
def undisturbed(log: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, ...], Table]:
    appliance = ApplianceProcess(tmp_path_factory.mktemp("undisturbed"), [Site(SITE)], at=NOON)
    try:
        imported(appliance, log, site=SITE)
        return answers(appliance.start())
    finally:
        appliance.clean_up()


@pytest.mark.parametrize(("is_running", "every"), [(False, 1), (True, 3)])
def test_killed_at_many_points_in_turn_it_ends_with_the_same_numbers(
    stopped: ApplianceProcess, log: Path, undisturbed: dict[tuple[str, ...], Table], is_running: bool, every: int
) -> None:
    if is_running:
        stopped.start()
    for number, is_reached in enumerate(points(stopped)[::every]):
        process = started_import(stopped, log, SITE)
        await_true(lambda: is_reached() or process.poll() is not None, f"point {number} is reached", 60)  # noqa: B023
        process_tree.kill_all(process.pid)
        process.wait()
    assert "of days that were refused" in imported(stopped, log, site=SITE)
    assert not (stopped.data_dir / "import-day").exists()
    assert not (stopped.runtime_dir / "import-keys").exists()
    assert days_with(stopped.data_dir, "import_taken_back")
    if not is_running:
        stopped.start()
    found = answers(stopped)
    assert found == undisturbed
    views, visitors = of_the_text(log)
    assert {page: row["pageviews"] for (page,), row in found["event:page",].items()} == views
    assert {day: row["visitors"] for (day,), row in found["time:day",].items() if row["visitors"]} == visitors


def test_a_warehouse_that_is_killed_meanwhile_takes_the_day_back_and_the_next_run_counts_it(
    stopped: ApplianceProcess, log: Path, undisturbed: dict[tuple[str, ...], Table]
) -> None:
    stopped.start()
    process = started_import(stopped, log, SITE)
    await_true(points(stopped)[3], "the second day is being counted", 60)
    (warehouse,) = [pid for pid, line in stopped.pids().items() if "appliance warehouse" in line]
    os.kill(warehouse, signal.SIGKILL)
    assert process.wait(60) != 0
    stopped.await_ready()
    imported(stopped, log, site=SITE)
    assert answers(stopped) == undisturbed


def test_what_a_dead_import_has_counted_is_taken_back_when_the_appliance_starts(
    stopped: ApplianceProcess, tmp_path: Path
) -> None:
    log = tmp_path / "log"
    log.write_text("".join(access_log(DAYS[1], 3000, 12_000)))
    process = started_import(stopped, log, SITE)
    await_true((stopped.data_dir / "import-day").exists, "the day is being counted", 60)
    process_tree.kill_all(process.pid)
    process.wait()
    stopped.start()
    with StatsClient(stopped.stats, stopped.keys["reader"]) as stats:
        assert stats.totals(SITE, ALL)["pageviews"] == 0
    assert not (stopped.data_dir / "import-day").exists()

"""`appliance import-log`: logs of past days are counted once, beside a running appliance and without one."""

import gzip
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.kit.access_log import access_log
from tests.kit.appliance_process import ApplianceProcess, Site, command, run
from tests.kit.evidence_file import days_with
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.log_import import imported
from tests.kit.stats_client import StatsClient, Table, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()
MONDAY, TUESDAY, TODAY = (datetime(2031, 3, day, tzinfo=UTC) for day in (3, 4, 5))
ALL = ("2031-03-01", "2031-03-05")
METRICS = ["visitors", "visits", "pageviews", "bounce_rate", "visit_duration"]


@pytest.fixture
def stopped(tmp_path: Path) -> Iterator[ApplianceProcess]:
    appliance = ApplianceProcess(tmp_path, [Site(SITE)], at=NOON)
    yield appliance
    appliance.clean_up()


def write(path: Path, lines: Iterator[str] | list[str]) -> Path:
    path.write_text("".join(lines))
    return path


def numbers(appliance: ApplianceProcess, dimensions: tuple[str, ...] = (), site: str = SITE) -> Table:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return stats.table(site, ALL, dimensions, METRICS if not dimensions else METRICS[:3])


def test_a_stopped_appliance_counts_files_of_any_order_and_packing_once(stopped: ApplianceProcess) -> None:
    made = [*access_log(MONDAY, 40, 600), *access_log(TUESDAY, 40, 600, seed=2)]
    first, second = made[::2], made[1::2]
    packed = stopped.directory / "access.log.2.gz"
    packed.write_bytes(gzip.compress("".join(reversed(second)).encode()))
    plain = write(stopped.directory / "access.log.1", [*first, "nonsense\n"])
    said = imported(stopped, plain, packed, site=SITE)
    assert "       1,201  records read\n" in said
    assert "           1  left out: unreadable\n" in said
    assert "           2  days counted and closed\n" in said

    renamed = plain.rename(stopped.directory / "access.log.2")
    packed_again = stopped.directory / "again.gz"
    packed_again.write_bytes(gzip.compress(renamed.read_bytes()))
    for files in ((packed, renamed), (packed_again,)):
        again = imported(stopped, *files, site=SITE)
        assert "           0  days counted and closed\n" in again
        assert "2031-03-03 is closed already" in again
        assert "accepted" not in again

    stopped.start()
    pages = [entry for entry in made if " 200 " in entry and "Googlebot" not in entry and _is_page(entry)]
    totals = numbers(stopped)[()]
    assert (totals["visitors"], totals["pageviews"]) == (80, len(pages))
    assert days_with(stopped.data_dir, "day_closed") == {(SITE, "2031-03-03"), (SITE, "2031-03-04")}
    with StatsClient(stopped.stats, stopped.keys["reader"]) as stats:
        meta = stats.ask({"site_id": SITE, "date_range": list(ALL), "metrics": ["visitors"]}).json()["meta"]
    assert meta["imported_days"] == [["2031-03-03", "2031-03-04"]]


def _is_page(entry: str) -> bool:
    path = entry.split('"')[1].split()[1]
    return "." not in path


def test_a_log_that_has_grown_adds_its_new_days_only(stopped: ApplianceProcess) -> None:
    log = write(stopped.directory / "log", [*access_log(MONDAY, 30, 300), *access_log(TUESDAY, 30, 300)])
    stopped.clock.set((TUESDAY + timedelta(hours=20)).timestamp())
    assert "2031-03-04 is not over yet (" in imported(stopped, log, site=SITE)
    stopped.clock.set(NOON)
    with log.open("a") as more:
        more.writelines(access_log(TUESDAY, 10, 100, seed=9))
        more.writelines(access_log(MONDAY, 10, 100, seed=9))
    second = imported(stopped, log, site=SITE)
    assert "           1  days counted and closed\n" in second
    assert "2031-03-03 is closed already: a closed day is never added to (" in second
    stopped.start()
    by_day = numbers(stopped, ("time:day",))
    assert [by_day[day,]["visitors"] for day in ("2031-03-03", "2031-03-04")] == [30, 30]


def test_what_comes_through_the_standard_input_is_counted(stopped: ApplianceProcess) -> None:
    content = gzip.compress("".join(access_log(MONDAY, 10, 100)).encode())
    ended = subprocess.run(
        command(f"import-log --site {SITE} -", stopped.config),
        input=content,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert b"           1  days counted and closed\n" in ended.stdout


def test_days_that_run_or_are_closed_are_refused_and_nothing_changes(stopped: ApplianceProcess) -> None:
    stopped.start()
    visitors = [Visitor(f"87.128.0.{number}") for number in range(1, 9)]
    Sender(stopped.ingest, stopped.clock).send([Hit(SITE, visitor, path="/page") for visitor in visitors])
    await_equal(lambda: numbers(stopped)[()]["visitors"], 8)

    log = write(stopped.directory / "log", [*access_log(TUESDAY, 20, 200), *access_log(TODAY, 20, 200)])
    said = imported(stopped, log, site=SITE)
    assert "2031-03-05 is not over yet" in said
    assert "           1  days counted and closed\n" in said
    assert numbers(stopped, ("time:day",))[("2031-03-05",)]["visitors"] == 8
    assert numbers(stopped)[()]["visitors"] == 28

    stopped.clock.advance(13.5 * 3600)
    await_true(lambda: (SITE, "2031-03-05") in days_with(stopped.data_dir, "day_closed"), "the day is closed", 30)
    before = numbers(stopped, ("event:page",))
    assert "2031-03-05 is closed already" in imported(stopped, log, site=SITE)
    assert numbers(stopped, ("event:page",)) == before


def test_refusals_are_one_sentence(stopped: ApplianceProcess) -> None:
    (stopped.directory / "cut.gz").write_bytes(gzip.compress(b"x" * 1000)[:-5])
    for what, reason in (
        ("--site none.example log", "there is no site 'none.example'"),
        (f"--site {SITE} log", "cannot be read (No such file"),
        (f"--site {SITE} cut.gz", "nothing was counted"),
    ):
        ended = run(f"import-log {what}", stopped.config)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert reason in ended.stderr.splitlines()[-1]


def test_files_are_deleted_on_request_only_if_every_day_is_closed(stopped: ApplianceProcess) -> None:
    log = write(stopped.directory / "log", access_log(MONDAY, 10, 100))
    whole = write(stopped.directory / "whole", [*access_log(TUESDAY, 10, 100), *access_log(TODAY, 10, 100)])
    imported(stopped, "--delete", whole, site=SITE)
    assert whole.exists()
    imported(stopped, "--delete", log, site=SITE)
    assert not log.exists()

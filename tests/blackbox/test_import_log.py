"""`appliance import-log`: logs of past days are counted once, beside a running appliance and without one."""

import gzip
import json
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.kit import process_tree
from tests.kit.access_log import access_log, line
from tests.kit.appliance_process import ApplianceProcess, Site, command, run
from tests.kit.canaries import address, find_in_files, text
from tests.kit.evidence_file import days_with
from tests.kit.hits import AGENTS, Hit, Sender, Visitor
from tests.kit.nginx import COMBINED, TRACKING, TRACKING_ON_SEVERAL_LINES, Nginx
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


def imported(appliance: ApplianceProcess, *files: Path | str, site: str = SITE) -> str:
    ended = run(f"import-log --site {site} {' '.join(map(str, files))}", appliance.config)
    assert (ended.returncode, ended.stderr.count("Traceback")) == (0, 0), ended.stderr
    return ended.stdout


def numbers(appliance: ApplianceProcess, dimensions: tuple[str, ...] = (), site: str = SITE) -> Table:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return stats.table(site, ALL, dimensions, METRICS if not dimensions else METRICS[:3])


def test_a_stopped_appliance_counts_files_of_any_order_and_packing_once(stopped: ApplianceProcess) -> None:
    made = [*access_log(MONDAY, 40, 600), *access_log(TUESDAY, 40, 600, seed=2)]
    first, second = made[::2], made[1::2]
    packed = stopped.directory / "access.log.2.gz"
    packed.write_bytes(gzip.compress("".join(reversed(second)).encode()))
    plain = write(stopped.directory / "access.log.1", [*first, "nonsense\n"])
    said = imported(stopped, plain, packed)
    assert "       1,201  records read\n" in said
    assert "           1  left out: unreadable\n" in said
    assert "           2  days counted and closed\n" in said

    again = imported(stopped, packed, plain)
    assert "           0  days counted and closed\n" in again
    assert "2031-03-03 is closed already" in again
    assert "accepted" not in again

    stopped.start()
    pages = [entry for entry in made if " 200 " in entry and "Googlebot" not in entry and _is_page(entry)]
    totals = numbers(stopped)[()]
    assert (totals["visitors"], totals["pageviews"]) == (80, len(pages))
    assert days_with(stopped.data_dir, "day_closed") == {(SITE, "2031-03-03"), (SITE, "2031-03-04")}


def _is_page(entry: str) -> bool:
    path = entry.split('"')[1].split()[1]
    return "." not in path


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
    said = imported(stopped, log)
    assert "2031-03-05 is not over yet" in said
    assert "           1  days counted and closed\n" in said
    assert numbers(stopped, ("time:day",))[("2031-03-05",)]["visitors"] == 8
    assert numbers(stopped)[()]["visitors"] == 28

    stopped.clock.advance(13.5 * 3600)
    await_true(lambda: (SITE, "2031-03-05") in days_with(stopped.data_dir, "day_closed"), "the day is closed", 30)
    before = numbers(stopped, ("event:page",))
    assert "2031-03-05 is closed already" in imported(stopped, log)
    assert numbers(stopped, ("event:page",)) == before


@pytest.mark.parametrize("is_running", [False, True])
def test_an_import_that_is_killed_goes_on_and_counts_nothing_twice(stopped: ApplianceProcess, is_running: bool) -> None:
    days = [MONDAY - timedelta(days=1), MONDAY, TUESDAY]
    log = write(stopped.directory / "log", [entry for day in days for entry in access_log(day, 3000, 12_000)])
    if is_running:
        stopped.start()
    process = subprocess.Popen(
        command(f"import-log --site {SITE} {log}", stopped.config), stdout=subprocess.DEVNULL, start_new_session=True
    )
    note = stopped.data_dir / "import-day"
    await_true(lambda: note.exists() and "03-03" in note.read_text(), "the second day is being counted", 60)
    process_tree.kill_all(process.pid)
    process.wait()

    said = imported(stopped, log)
    assert "           2  days counted and closed\n" in said
    assert "2031-03-02 is closed already" in said
    assert not note.exists()
    assert days_with(stopped.data_dir, "import_taken_back") == {(SITE, "2031-03-03")}
    if not is_running:
        stopped.start()
    by_day = numbers(stopped, ("time:day",))
    assert {row["visitors"] for row in by_day.values() if row["visitors"]} == {3000}
    assert len({row["pageviews"] for row in by_day.values() if row["pageviews"]}) == 1
    assert len([row for row in by_day.values() if row["visitors"]]) == 3


def test_what_a_dead_import_has_counted_is_taken_back_when_the_appliance_starts(stopped: ApplianceProcess) -> None:
    log = write(stopped.directory / "log", access_log(MONDAY, 3000, 12_000))
    process = subprocess.Popen(
        command(f"import-log --site {SITE} {log}", stopped.config), stdout=subprocess.DEVNULL, start_new_session=True
    )
    await_true((stopped.data_dir / "import-day").exists, "the day is being counted", 60)
    process_tree.kill_all(process.pid)
    process.wait()
    stopped.start()
    assert numbers(stopped)[()]["pageviews"] == 0
    assert not (stopped.data_dir / "import-day").exists()


def test_nothing_personal_of_a_log_is_anywhere_afterwards(stopped: ApplianceProcess) -> None:
    who, nonce = ("93.184.216.77", "2a02:8109:9d40:1b7:c0ff:ee12:3456:789a"), "Build/Kq7Zr2Vw9Xt4"
    agent = f"{AGENTS[0].text} {nonce}"
    lines = [
        line(
            MONDAY + timedelta(seconds=n), one, "GET /a?token=query-canary", 200, "https://t.example/path-canary", agent
        )
        for n, one in enumerate(who)
    ]
    record = {"msec": MONDAY.timestamp(), "uri": "/b", "remote_addr": who[0], "a_visitor_id": "visitor-canary"}
    lines.append(json.dumps(record | {"a_session_id": "session-canary", "user_agent": agent}) + "\n")
    log = write(stopped.directory / "log", lines)
    said = imported(stopped, log)
    assert "           3  accepted\n" in said
    canaries = [*map(address, who), *(text(one, one) for one in (nonce, "visitor-canary", "session-canary"))]
    canaries += [text(one, one) for one in ("query-canary", "path-canary")]
    for directory in (stopped.data_dir, stopped.runtime_dir, stopped.home):
        assert find_in_files(directory, canaries) == []
    assert not (stopped.runtime_dir / "import-keys").exists()


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
    imported(stopped, "--delete", whole)
    assert whole.exists()
    imported(stopped, "--delete", log)
    assert not log.exists()


@pytest.mark.parametrize("layout", [COMBINED, TRACKING, TRACKING_ON_SEVERAL_LINES])
def test_a_log_that_nginx_writes_counts_as_the_same_hits_live(tmp_path: Path, layout: str) -> None:
    live, logged = "live.example", "logged.example"
    visitors = [Visitor(f"87.128.0.{n}", AGENTS[n % 7]) for n in range(1, 13)]
    paths = ["/", "/a", "/b%20c", "/caf%C3%A9"]
    with (
        ApplianceProcess(tmp_path, [Site(live), Site(logged)]) as appliance,
        Nginx(tmp_path / "nginx", layout) as nginx,
    ):
        for n, visitor in enumerate(visitors):
            for path in paths[: 1 + n % 4]:
                referrer = "https://www.google.com/" if path == "/" else ""
                Sender(appliance.ingest, appliance.clock).send([Hit(live, visitor, path=path, referrer=referrer)])
                nginx.get(path, logged, visitor.address, visitor.agent.text, referrer)
                nginx.get("/style.css", logged, visitor.address, visitor.agent.text, referrer)
        log = nginx.stop()
        await_equal(lambda: _today(appliance, live)[()]["visitors"], 12)
        appliance.clock.advance(25 * 3600 + 3600)
        await_true(lambda: bool(days_with(appliance.data_dir, "day_closed")), "the day is closed", 40)
        said = imported(appliance, log, site=logged)
        assert "           1  days counted and closed\n" in said, said
        for dimensions in ((), ("event:page",), ("visit:source",), ("visit:browser",), ("visit:exit_page",)):
            assert _today(appliance, logged, dimensions) == _today(appliance, live, dimensions), dimensions


def _today(appliance: ApplianceProcess, site: str, dimensions: tuple[str, ...] = ()) -> Table:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return stats.table(site, "7d", dimensions, ["visitors", "visits", "pageviews"])

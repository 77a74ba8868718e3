"""`appliance backup` under load and `appliance restore` elsewhere: equal answers, nothing of a day that runs."""

import gzip
import json
import os
import shutil
import signal
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.privacy.evidence import EvidenceLog
from tests.kit.appliance_process import ApplianceProcess, Key, Site, command, run
from tests.kit.evidence_file import closed_days, entries
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.load import Load
from tests.kit.stats_client import StatsClient, Table, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE, GONE = "example.org", "gone.example"
KEY = Key("reader", secret="k" * 43)
NOON = datetime(2031, 3, 29, 12, tzinfo=UTC).timestamp()
DAY = 24 * 3600
PAST = ("2031-03-01", "2031-03-31")
TODAY = "2031-04-01"
DIMENSIONS = ("event:page", "visit:country", "visit:browser", "visit:exit_page", "time:day", "time:hour")
SECRET_PATH = "/of-the-day-that-runs"


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    """With a closed month and a day that runs."""
    directory = tmp_path_factory.mktemp("first")
    with ApplianceProcess(directory, [Site(SITE, pages=("/",)), Site(GONE)], [KEY], at=NOON) as appliance:
        for number in range(3):
            visitors = [Visitor(f"87.128.{number}.{host}") for host in range(1, 17)]
            hits = [Hit(SITE, visitor, path="/rare" if host < 4 else "/") for host, visitor in enumerate(visitors)]
            send(appliance, [*hits, *(Hit(GONE, visitor) for visitor in visitors)])
            await_true(lambda: pageviews(appliance) == 16 * (number + 1), "hits are counted")  # noqa: B023
            appliance.clock.advance(DAY)
            await_true(lambda: len(closed_days(appliance.data_dir)) == 2 * (number + 1), "the day is closed")  # noqa: B023
        await_true(lambda: len(of_kind(appliance, "month_closed")) == 2, "the month is closed")
        send(appliance, [Hit(SITE, Visitor("90.1.2.3"), path=SECRET_PATH)])
        await_true(lambda: pageviews(appliance) == 49, "hits are counted")
        yield appliance


@pytest.fixture(scope="module")
def taken(appliance: ApplianceProcess) -> list[Path]:
    """A directory and a file, both taken under load."""
    found = []
    with Load(appliance.ingest, SITE) as load:
        load.await_acknowledged(100)
        for name in ("backup", "backup.tar"):
            done = run(f"backup {name}", appliance.config)
            assert (done.returncode, done.stderr) == (0, "")
            assert "backup of 6 closed days" in done.stdout
            assert f"  {TODAY}  {SITE}" in done.stdout
            found.append(appliance.directory / name)
        load.await_acknowledged(len(load.acknowledged) + 100)
    return found


def send(appliance: ApplianceProcess, hits: list[Hit]) -> None:
    Sender(appliance.ingest, appliance.clock).send(hits)


def pageviews(appliance: ApplianceProcess) -> int:
    with StatsClient(appliance.stats, KEY.secret) as stats:
        return int(stats.totals(SITE)["pageviews"])


def of_kind(appliance: ApplianceProcess, kind: str) -> list[dict[str, Any]]:
    return [entry for entry in entries(appliance.data_dir) if entry["kind"] == kind]


def answers(appliance: ApplianceProcess) -> dict[str, Table]:
    """What is said of the closed month: as a month, and as days, which show less."""
    with StatsClient(appliance.stats, KEY.secret) as stats:
        ranges = {"month": PAST, "days": ("2031-03-02", "2031-03-31"), "one": ("2031-03-30", "2031-03-30")}
        found = {
            f"{name} {dimension}": stats.table(site, dates, [dimension])
            for name, dates in ranges.items()
            for dimension in DIMENSIONS
            for site in (SITE,)
            if dimension != "time:hour" or name == "one"
        }
    assert ("/rare",) in found["month event:page"]
    assert ("/rare",) not in found["days event:page"]
    return found


@pytest.mark.parametrize("index", [0, 1], ids=["directory", "file"])
def test_a_restored_appliance_gives_the_same_answers_and_goes_on(
    appliance: ApplianceProcess, taken: list[Path], index: int, tmp_path: Path
) -> None:
    expected = answers(appliance)
    head = json.loads((taken[0] / "manifest.json").read_text())["evidence"]["head"] if not index else None
    second = ApplianceProcess(tmp_path, [Site(SITE, pages=("/",))], [KEY], at=appliance.clock.now())
    try:
        done = run(f"restore {taken[index]}", second.config)
        assert (done.returncode, done.stderr) == (0, "")
        assert done.stdout.startswith("restored 6 closed days")
        assert done.stdout.endswith(f"  {GONE}\n")
        chain = EvidenceLog(second.data_dir / "evidence.jsonl").verify()
        assert chain.broken_at is None
        restored = entries(second.data_dir)[-1]
        assert restored["kind"] == "restored"
        assert restored["chain_head"] == restored["previous"]
        assert head in (None, restored["chain_head"])
        again = run(f"restore {taken[index]}", second.config)
        assert again.returncode == 1
        assert f"{second.data_dir}/clickhouse" in again.stderr

        second.start()
        assert answers(second) == expected
        assert pageviews(second) == 48
        send(second, [Hit(SITE, Visitor("90.1.2.3"), path="/")])
        await_equal(lambda: pageviews(second), 49)
        second.clock.advance(DAY)
        await_true(lambda: (SITE, TODAY) in closed_days(second.data_dir), "the next day is closed")
        assert pageviews(second) == 49
    finally:
        second.clean_up()


def test_the_files_are_private_and_hold_no_key_no_secret_and_nothing_of_the_running_day(
    appliance: ApplianceProcess, taken: list[Path]
) -> None:
    directory, file = taken
    files = [path for path in directory.rglob("*") if path.is_file()]
    assert {path.stat().st_mode & 0o777 for path in [*files, file]} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in [directory, *directory.iterdir()] if path.is_dir()} == {0o700}
    packed = b"".join(path.read_bytes() for path in files)
    content = packed + b"".join(gzip.decompress(path.read_bytes()) for path in files if path.suffix == ".gz")
    assert b"/rare" in content
    assert SECRET_PATH.encode() not in content
    assert b"visitor:" not in content
    secrets = [path.read_bytes().strip() for path in (appliance.data_dir / "secrets").iterdir()]
    pages = [path.read_bytes() for path in appliance.runtime_dir.glob("*-keys")]
    assert len(secrets) >= 5
    assert len(pages) == 2
    fields = {page[at : at + 16] for page in pages for at in range(0, len(page), 16)} - {bytes(16)}
    random = [field for field in fields if len(set(field)) > 12]
    assert len(random) > 6
    assert [key for key in (*secrets, *random) if key in content] == []


def test_evidence_says_what_left_the_machine(appliance: ApplianceProcess, taken: list[Path]) -> None:
    begun, done = of_kind(appliance, "backup_begun"), of_kind(appliance, "backup_taken")
    assert [(entry["closed_days"], entry["days_left_out"]) for entry in begun] == [(6, 1)] * 2
    said = run(f"restore --check {taken[0]}", appliance.config)
    assert said.returncode == 0
    assert done[0]["manifest_sha256"] in said.stdout
    assert done[1]["manifest_sha256"] in run(f"restore --check {taken[1]}", appliance.config).stdout


def test_a_stopped_appliance_gives_the_same_backup(appliance: ApplianceProcess, taken: list[Path]) -> None:
    appliance.stop()
    again = appliance.directory / "stopped"
    done = run(f"backup {again}", appliance.config)
    assert done.returncode == 0, done.stderr
    both = [json.loads((path / "manifest.json").read_text())["files"] for path in (taken[0], again)]
    counters = [{name: file for name, file in files.items() if "cells" in name} for files in both]
    assert counters[0] == counters[1]
    refused = run(f"backup {again}", appliance.config)
    assert refused.returncode == 1
    assert "is there already" in refused.stderr
    appliance.start()


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda path: flip(next(path.rglob("*day_cells/*"))), "the backup is damaged"),
        (lambda path: (path / "evidence.jsonl").unlink(), "evidence.jsonl is missing"),
        (lambda path: (path / "more").write_text(""), "more is not in the manifest"),
        (lambda path: (path / "manifest.json").unlink(), "was cut off"),
        (lambda path: change(path, '"format": 1', '"format": 2'), "format 2"),
        (lambda path: change(path, "_create_totals_hour", "_create_totals_day"), "made by a newer version"),
    ],
)
def test_a_backup_that_is_not_what_it_was_is_refused(taken: list[Path], tmp_path: Path, damage: Any, said: str) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(taken[0], copy)
    damage(copy)
    second = ApplianceProcess(tmp_path, [Site(SITE)], [KEY])
    try:
        refused = run(f"restore {copy}", second.config)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert said in refused.stderr
        assert not second.data_dir.exists()
    finally:
        second.clean_up()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[-9] ^= 1
    path.write_bytes(content)


def change(directory: Path, old: str, new: str) -> None:
    path = directory / "manifest.json"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def test_a_restore_that_breaks_off_starts_nothing_until_it_is_done_again(taken: list[Path], tmp_path: Path) -> None:
    second = ApplianceProcess(tmp_path, [Site(SITE)], [KEY])
    evidence_bytes = (taken[0] / "evidence.jsonl").stat().st_size
    try:
        # As on a full disk: the last file that a restore writes does not fit.
        arguments = [f"--fsize={evidence_bytes - 1}", *command(f"restore {taken[0]}", second.config)]
        broken = subprocess.run(["prlimit", *arguments], cwd=tmp_path, capture_output=True, text=True, timeout=60)
        assert broken.returncode in (1, 75), broken.stderr
        assert "Traceback" not in broken.stderr
        for name in ("up", "warehouse", f"backup {tmp_path / 'new'}"):
            refused = run(name, second.config)
            assert refused.returncode == 1, name
            assert "is not finished" in refused.stderr
        shutil.rmtree(second.data_dir / "clickhouse")
        for name in ("evidence.jsonl", "restore-unfinished"):
            (second.data_dir / name).unlink(missing_ok=True)
        assert run(f"restore {taken[0]}", second.config).returncode == 0
    finally:
        second.clean_up()


def test_a_backup_of_a_warehouse_that_does_not_answer_says_so(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site("example.org")]) as appliance:
        (pid,) = (pid for pid, line in appliance.pids().items() if " warehouse " in line)
        os.kill(pid, signal.SIGSTOP)
        try:
            refused = run(f"backup {tmp_path / 'backup'}", appliance.config)
        finally:
            os.kill(pid, signal.SIGCONT)
        assert refused.returncode == 1
        assert "the appliance is running and its warehouse does not answer" in refused.stderr

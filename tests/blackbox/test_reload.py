"""`appliance reload` and SIGHUP: a changed configuration is taken under load, a wrong one changes nothing."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit import process_tree
from tests.kit.appliance_process import STOP_SECONDS, ApplianceProcess, Site, command, run
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.load import Load
from tests.kit.stats_client import StatsClient, await_true

pytestmark = pytest.mark.blackbox

SITE, NEW = "example.org", "new.example"
NOON = 1_930_478_400
RESTART = "nothing was changed: redis.maxmemory_mb, clickhouse.url cannot change while it runs; restart the appliance"
HASH = "$argon2id$v=19$m=65536,t=3,p=4$c29tZXNhbHRzb21lc2FsdA$QWxsIG9mIHRoaXMgaXMgbWFkZSB1cCwgMzIgYnl0ZXM"


@pytest.fixture(scope="module")
def appliance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ApplianceProcess]:
    with ApplianceProcess(tmp_path_factory.mktemp("reload"), [Site(SITE)], at=NOON) as appliance:
        yield appliance


def total(appliance: ApplianceProcess, site: str, metric: str) -> int:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return int(stats.totals(site)[metric])


def pageviews(appliance: ApplianceProcess, site: str) -> int:
    return total(appliance, site, "pageviews")


def parts(appliance: ApplianceProcess) -> dict[str, int]:
    return {process_tree.part_of(line): pid for pid, line in appliance.pids().items()}


def reloads(appliance: ApplianceProcess) -> list[str]:
    return [line for line in appliance.log().splitlines() if '"reloaded"' in line or '"reload_failed"' in line]


def test_a_new_site_is_taken_under_load_and_no_hit_is_lost(appliance: ApplianceProcess) -> None:
    before = parts(appliance)
    with Load(appliance.ingest, SITE) as load:
        load.await_acknowledged(100)
        with appliance.config.open("a") as config:
            config.write(f'[[sites]]\nid = "{NEW}"\n')
        done = run("reload", appliance.config, seconds=120)
        assert (done.returncode, done.stdout) == (0, "started anew: warehouse, worker, ingest, dashboard\n"), (
            done.stderr
        )
        load.await_acknowledged(len(load.acknowledged) + 100)
    load.resend()
    assert {part for part, pid in parts(appliance).items() if before.get(part) == pid} == {"up", "redis-server"}
    assert '"part_died"' not in appliance.log()
    await_true(lambda: pageviews(appliance, SITE) >= len(load.acknowledged), "all hits are counted")
    Sender(appliance.ingest, appliance.clock).send([Hit(NEW, Visitor("87.128.0.1"))])
    await_true(lambda: pageviews(appliance, NEW) == 1, "hits of the new site are counted")
    assert pageviews(appliance, SITE) == len(load.acknowledged)
    assert total(appliance, SITE, "visitors") == len({hit.visitor for hit in load.acknowledged})
    # A hit on its way into a kept connection that ingest is closing is sent again; nobody is refused a connection.
    assert load.failed <= 4


def test_what_concerns_one_part_starts_that_one_anew(appliance: ApplianceProcess) -> None:
    before = parts(appliance)
    with appliance.config.open("a") as config:
        config.write(f'[[users]]\nname = "anna"\npassword_hash = "{HASH}"\n')
    assert run("reload", appliance.config).stdout == "started anew: dashboard\n"
    assert {part for part, pid in parts(appliance).items() if before.get(part) != pid} == {"dashboard"}
    assert run("reload", appliance.config).stdout == f"nothing has changed in {appliance.config}\n"


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ('timezone = "UTC"', 'timezone = "Mars/Olympus"', 2, "Mars/Olympus"),
        ("[keyring]", '[redis]\nmaxmemory_mb = 300\n[clickhouse]\nurl = "chdb:///x"\n[keyring]', 1, RESTART),
        ("[server]\n", '[server]\ndata_dir = "elsewhere"\n', 2, "TOML"),
        ("/data", "/elsewhere", 1, "no appliance is running on"),
    ],
)
def test_what_cannot_be_taken_changes_nothing_and_is_named(
    appliance: ApplianceProcess, old: str, new: str, code: int, said: str
) -> None:
    before, text = parts(appliance), appliance.config.read_text()
    assert old in text
    appliance.config.write_text(text.replace(old, new))
    refused = run("reload", appliance.config)
    assert (refused.returncode, refused.stdout) == (code, "")
    assert said in refused.stderr
    assert parts(appliance) == before
    appliance.config.write_text(text)


def test_the_signal_says_in_the_log_what_the_command_prints(appliance: ApplianceProcess) -> None:
    before, text, seen = parts(appliance), appliance.config.read_text(), len(reloads(appliance))
    assert appliance.process is not None
    appliance.config.write_text("[server")
    appliance.process.send_signal(signal.SIGHUP)
    await_true(lambda: len(reloads(appliance)) == seen + 1, "the signal is answered")
    assert "not valid TOML" in reloads(appliance)[-1]
    appliance.config.write_text(text)
    appliance.process.send_signal(signal.SIGHUP)
    await_true(lambda: len(reloads(appliance)) == seen + 2, "the signal is answered")
    assert "nothing has changed" in reloads(appliance)[-1]
    assert parts(appliance) == before


def test_without_an_appliance_there_is_nothing_to_reload(appliance: ApplianceProcess) -> None:
    appliance.stop()
    refused = run("reload", appliance.config)
    assert (refused.returncode, refused.stderr) == (
        1,
        f"appliance: no appliance is running on {appliance.data_dir}\n",
    )


def test_a_closed_terminal_stops_everything(tmp_path: Path) -> None:
    appliance = ApplianceProcess(tmp_path, [Site(SITE)], at=NOON)
    terminal, end = pty.openpty()
    name = os.ttyname(end)
    # Opening a terminal makes it that of a session without one; see setsid(2), tty(4).
    script = f"import os,sys; os.open({name!r}, os.O_RDWR); os.execv(sys.executable, sys.argv[1:])"
    arguments = [sys.executable, "-c", script, *command("up", appliance.config)]
    log = tmp_path / "log"
    try:
        with log.open("wb") as out:
            process = subprocess.Popen(
                arguments, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True
            )
        appliance.process = process
        await_true(lambda: '"script"' in log.read_text(), "it is ready", 60)
        os.close(end)
        os.close(terminal)
        assert process.wait(STOP_SECONDS) == 0
        assert not appliance.pids()
    finally:
        appliance.clean_up()

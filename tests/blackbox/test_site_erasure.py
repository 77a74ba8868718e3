"""A site is erased from every store, whatever was on its way; other sites and the rest of the day are as before."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from appliance.dimensions import Dimension
from appliance.stats.shown_pairs import FILE, ShownPairs
from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.clickhouse_dump import dump
from tests.kit.evidence_file import closed_days, entries
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

GOES, STAYS = "goes.example", "stays.example"
NOON = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()
TODAY = date(2031, 3, 6)
TABLE = (Dimension.PAGE, Dimension.COUNTRY)


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    """With a closed day and a running one of two sites."""
    with ApplianceProcess(tmp_path, [Site(GOES), Site(STAYS)], at=NOON) as appliance:
        send(appliance, "/yesterday-word")
        await_true(lambda: pageviews(appliance) == {GOES: 8, STAYS: 8}, "hits are counted")
        appliance.clock.advance(86_400)
        await_true(lambda: len(closed_days(appliance.data_dir)) == 2, "the day is closed", 30)
        send(appliance, "/today-word")
        await_true(lambda: pageviews(appliance) == {GOES: 16, STAYS: 16}, "hits are counted")
        yield appliance


def send(appliance: ApplianceProcess, path: str) -> None:
    visitors = [Visitor(f"87.128.0.{number}") for number in range(1, 9)]
    Sender(appliance.ingest, appliance.clock).send(
        [Hit(site, visitor, path=f"{path}-{site[0]}") for site in (GOES, STAYS) for visitor in visitors]
    )


def pageviews(appliance: ApplianceProcess) -> dict[str, int]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        return {site: int(stats.totals(site)["pageviews"]) for site in (GOES, STAYS)}


def stored(appliance: ApplianceProcess, word: bytes) -> list[str]:
    """Tables and files in which a word stands."""
    out = appliance.directory / "dump"
    out.mkdir(exist_ok=True)
    found = [name for name, content in dump(appliance.data_dir / "clickhouse", out).items() if word in content]
    files = (appliance.data_dir / "redis").rglob("*")
    return found + [path.name for path in files if path.is_file() and word in path.read_bytes()]


def test_a_reset_site_begins_anew_on_the_same_day(appliance: ApplianceProcess) -> None:
    running = run(f"site reset {GOES} --yes", appliance.config)
    assert (running.returncode, running.stdout) == (1, "")
    assert "another appliance is running" in running.stderr
    appliance.stop()

    note_shown(appliance)
    asked = run(f"site reset {GOES}", appliance.config)
    assert asked.returncode == 0, asked.stderr
    assert "nothing was changed" in asked.stdout
    assert "keys" in asked.stdout
    assert stored(appliance, GOES.encode()) != []

    done = run(f"site reset {GOES} --yes", appliance.config)
    assert done.returncode == 0, done.stderr
    assert stored(appliance, GOES.encode()) == []
    assert stored(appliance, b"-word-s") != []
    assert sites_with_shown_pairs(appliance) == [STAYS]
    erased = entries(appliance.data_dir)[-1]
    assert (erased["kind"], erased["site"], erased["keys"]) == ("site_erased", GOES, 0)
    assert not any(erased["rows"].values())
    again = run(f"site reset {GOES} --yes", appliance.config)
    assert again.stdout == f"nothing is kept of site '{GOES}'\n"

    appliance.start()
    assert pageviews(appliance) == {GOES: 0, STAYS: 16}
    send(appliance, "/tomorrow")
    await_equal(lambda: pageviews(appliance), {GOES: 8, STAYS: 24})


def note_shown(appliance: ApplianceProcess) -> None:
    shown = ShownPairs(appliance.runtime_dir / FILE)
    for site in (GOES, STAYS):
        shown.add(site, TODAY, TABLE, {("/", "DE"): [5]})
    shown.close()


def sites_with_shown_pairs(appliance: ApplianceProcess) -> list[str]:
    shown = ShownPairs(appliance.runtime_dir / FILE)
    found = [site for site in (GOES, STAYS) if shown.read(site, TODAY, TABLE)]
    shown.close()
    return found


def test_a_removed_site_leaves_nothing(appliance: ApplianceProcess) -> None:
    configured = appliance.config.read_text()
    appliance.kill()
    refused = run(f"site remove {GOES} --yes", appliance.config)
    assert refused.returncode == 1
    assert "still configured" in refused.stderr

    appliance.config.write_text(configured.replace(f'id = "{GOES}"', 'id = "new.example"'))
    done = run(f"site remove {GOES} --yes", appliance.config)
    assert done.returncode == 0, done.stderr
    assert "were erased" in done.stdout
    assert stored(appliance, GOES.encode()) == []
    assert stored(appliance, b"-word-g") == []

    appliance.config.write_text(configured)
    appliance.start()
    await_equal(lambda: pageviews(appliance), {GOES: 0, STAYS: 16})

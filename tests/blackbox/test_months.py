"""A page that is too rare on every day shows in the month, once the month is over, and nothing waits any more."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.clickhouse_dump import dump
from tests.kit.evidence_file import entries
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = "example.org"
DAYS = ("2031-03-29", "2031-03-30", "2031-03-31")
NOON = datetime(2031, 3, 29, 12, tzinfo=UTC).timestamp()
DAY = 24 * 3600
MONTH = ("2031-03-01", "2031-03-31")


def pages(appliance: ApplianceProcess, first: str, last: str) -> dict[str, float | None]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        table = stats.table(SITE, (first, last), ["event:page"], ["pageviews"])
    return {page: row["pageviews"] for (page,), row in table.items()}


def send_a_day(appliance: ApplianceProcess, number: int) -> None:
    visitors = [Visitor(f"87.128.{number}.{host}") for host in range(1, 17)]
    hits = [Hit(SITE, visitor, path="/rare" if host < 4 else "/") for host, visitor in enumerate(visitors)]
    Sender(appliance.ingest, appliance.clock).send(hits)


def test_what_every_day_hides_shows_in_its_month(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site(SITE, pages=("/",))], at=NOON) as appliance:
        for number, day in enumerate(DAYS):
            send_a_day(appliance, number)
            await_equal(lambda: pages(appliance, day, day), {"/": 12, "(other)": 4})  # noqa: B023
            appliance.clock.advance(DAY)
            await_true(lambda: closed(appliance, "day_closed", "day", day), f"{day} is closed")  # noqa: B023
        await_true(lambda: closed(appliance, "month_closed", "month", "2031-03"), "the month is closed")
        await_equal(lambda: pages(appliance, *MONTH), {"/": 36, "/rare": 12})
        assert pages(appliance, "2031-03-02", "2031-03-31") == {"/": 36, "(other)": 12}
        assert all("/rare" not in pages(appliance, day, day) for day in DAYS)
        plan = run("retention plan", appliance.config).stdout
        assert "month_cells" in plan
        assert "carry" in plan
        appliance.stop()
        (tmp_path / "dump").mkdir()
        held = dump(appliance.data_dir / "clickhouse", tmp_path / "dump")
        carried = {name: content for name, content in held.items() if ".carry" in name}
        assert len(carried) == 4
        assert not any(carried.values())
        assert any(b"/rare" in content for content in held.values())


def closed(appliance: ApplianceProcess, kind: str, name: str, value: str) -> bool:
    return any(entry["kind"] == kind and entry[name] == value for entry in entries(appliance.data_dir))

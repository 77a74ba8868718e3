"""A day of 24½ hours and one of 25 end at the midnight of their site, and hours are those of its clock."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.evidence_file import closed_days, entries
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

HOWE, DETROIT = "howe.example", "detroit.example"
ZONES = {HOWE: "Australia/Lord_Howe", DETROIT: "America/Detroit"}
# 4 April 2032 at Lord Howe begins at 13:00 UTC of the day before, its hour 1 has 90 minutes; 7 November 2032 in Detroit
# begins at 04:00 UTC, its hour 1 has 120.
DAYS = {
    HOWE: ("2032-04-04", datetime(2032, 4, 3, 13, tzinfo=UTC).timestamp(), 24.5),
    DETROIT: ("2032-11-07", datetime(2032, 11, 7, 4, tzinfo=UTC).timestamp(), 25.0),
}
HITS = (0.02, 1.02, 1.6, 2.45, 3.1, 12.0)
"""Hours after the beginning. After 2.45 it is 1:57 and 1:27 for the second time, then 2:36 and 2:06."""
EXPECTED = {0: 8, 1: 24, 2: 8, 11: 8}


@pytest.mark.parametrize("site", [HOWE, DETROIT])
def test_a_long_day_is_one_day_with_hours_of_the_clock(tmp_path: Path, site: str) -> None:
    day, begins, hours = DAYS[site]
    with ApplianceProcess(tmp_path, [Site(site, ZONES[site])], at=begins - 60) as appliance:
        sender = Sender(appliance.ingest, appliance.clock)

        def send(visitors: range) -> None:
            sender.send([Hit(site, Visitor(f"87.128.0.{number}")) for number in visitors])

        send(range(1, 9))  # of the day before
        for n, after in enumerate(HITS):
            appliance.clock.set(begins + after * 3600)
            send(range(10 * n + 11, 10 * n + 19))
            await_equal(lambda: sum(by_hour(appliance, site, day).values()), 8 * (n + 1))
        assert by_hour(appliance, site, day) == EXPECTED

        appliance.clock.set(begins + hours * 3600 - 30)
        send(range(101, 109))
        await_equal(lambda: by_hour(appliance, site, day), EXPECTED | {23: 8})
        assert (site, day) not in closed_days(appliance.data_dir)

        appliance.clock.set(begins + hours * 3600 + 10)
        await_true(lambda: (site, day) in closed_days(appliance.data_dir), "the day is closed", 30)
        (gone,) = [e for e in entries(appliance.data_dir) if e["kind"] == "key_destroyed" and e["day"] == day]
        ended = datetime.fromisoformat(str(gone["at"])).timestamp() - begins - hours * 3600
        assert 0 <= ended <= 3600
        assert by_hour(appliance, site, day) == EXPECTED | {23: 8}


def by_hour(appliance: ApplianceProcess, site: str, day: str) -> dict[int, int]:
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        rows = stats.table(site, (day, day), ["time:hour"], ["pageviews"])
    return {int(label[0][11:13]): int(row["pageviews"]) for label, row in rows.items() if row["pageviews"]}

"""GoAccess and an import count the same pageviews and visitors where their definitions do."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.kit import goaccess
from tests.kit.access_log import access_log
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.log_import import imported
from tests.kit.stats_client import StatsClient

pytestmark = pytest.mark.blackbox

SITE = "example.org"
NOON = datetime(2031, 3, 5, 12, tzinfo=UTC).timestamp()


def test_pageviews_and_distinct_address_day_and_agent_agree(tmp_path: Path) -> None:
    log = tmp_path / "access.log"
    made = [entry for day in (3, 4) for entry in access_log(datetime(2031, 3, day, tzinfo=UTC), 700, 9000, seed=day)]
    log.write_text("".join(made))
    appliance = ApplianceProcess(tmp_path, [Site(SITE)], at=NOON)
    try:
        imported(appliance, log, site=SITE)
        appliance.start()
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            totals = stats.totals(SITE, ("2031-03-01", "2031-03-05"))
    finally:
        appliance.clean_up()
    expected = goaccess.count(log, tmp_path / "goaccess.json")
    assert expected.visitors == 1400
    assert (totals["pageviews"], totals["visitors"]) == expected

"""The whole appliance on a Redis over TCP with password and TLS and on a ClickHouse over HTTPS."""

from pathlib import Path

import pytest

from tests.kit.appliance_process import run
from tests.kit.evidence_file import closed_days
from tests.kit.external_engines import DAY, SITE, external_appliance
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox


def test_counts_closes_and_starts_again_on_engines_of_others(tmp_path: Path) -> None:
    with external_appliance(tmp_path) as external:
        appliance = external.appliance
        external.send(range(8))
        await_equal(external.visitors, 8)
        appliance.restart()
        external.send(range(8, 12))
        await_equal(external.visitors, 12)
        appliance.clock.advance(13 * 3600)
        await_true(lambda: (SITE, DAY) in closed_days(appliance.data_dir), "the day is closed", 30)
        assert external.visitors() == 12
        with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
            pages = stats.table(SITE, (DAY, DAY), ["event:page"], ["visitors"])
        assert pages == {("/page",): {"visitors": 12}}
        said = run("doctor", appliance.config).stdout
        assert "external" in said
        assert "the chain holds" in said
        # Neither engine left anything here.
        assert not (appliance.data_dir / "redis").exists()
        assert not (appliance.data_dir / "clickhouse").exists()
        assert "p%40ss" not in said + appliance.log()
        assert "library_says" not in appliance.log()

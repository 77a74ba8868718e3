"""Data of earlier schemas: this version starts on them, answers what theirs answered, counts on and closes. Data of a
newer one are refused.
"""

import json
import subprocess
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from appliance.privacy.evidence import EvidenceLog
from appliance.warehouse.migrations import shipped
from tests.faults.doom.fail_points import START
from tests.faults.fail_point_files import FailPoints, of_phase
from tests.kit.appliance_process import ApplianceProcess, run
from tests.kit.evidence_file import closed_days
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import await_true
from tests.kit.stored_data import DAY_SECONDS, DAYS, KEY, PER_DAY, SITE, answers, pageviews

pytestmark = pytest.mark.blackbox

STORED = sorted((Path(__file__).parents[1] / "data").glob("schema-*.tar.gz"))
RECORD = """
import sys, clickhouse_connect
client = clickhouse_connect.get_client(interface="chdb", path=sys.argv[1])
client.command(f"INSERT INTO schema_migrations VALUES ('{sys.argv[2]}', 'sum')")
client.close()
"""


def stored(archive: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(archive.with_name(archive.name.replace("tar.gz", "json")).read_text())
    return found


def unpacked(archive: Path, directory: Path, environment: Mapping[str, str] | None = None) -> ApplianceProcess:
    """An appliance that was not started yet, on stored data, at the moment at which they were stored."""
    appliance = ApplianceProcess(directory, [SITE], [KEY], at=stored(archive)["now"], environment=environment)
    appliance.data_dir.mkdir(mode=0o700)
    with tarfile.open(archive) as files:
        files.extractall(appliance.data_dir, filter="data")
    return appliance


@pytest.mark.parametrize("archive", STORED, ids=lambda path: path.name[:11])
def test_data_of_an_earlier_schema_are_taken_over(archive: Path, tmp_path: Path) -> None:
    with unpacked(archive, tmp_path) as appliance:
        assert answers(appliance) == stored(archive)["answers"]
        hits = [Hit(SITE.id, Visitor(f"73.5.5.{host}")) for host in (1, 2)]
        Sender(appliance.ingest, appliance.clock).send(hits)
        counted = PER_DAY + PER_DAY // 2 + len(hits)
        await_true(lambda: pageviews(appliance, DAYS[-1]) == counted, "new hits are counted")
        appliance.clock.advance(DAY_SECONDS)
        await_true(lambda: (SITE.id, DAYS[-1]) in closed_days(appliance.data_dir), "the day is closed", 30)
        assert pageviews(appliance, DAYS[-1]) == counted
        assert EvidenceLog(appliance.data_dir / "evidence.jsonl").verify().broken_at is None


@pytest.mark.parametrize("passed", [0, 7, 15])
def test_upgrade_whose_warehouse_is_killed_goes_on(passed: int, tmp_path: Path) -> None:
    points = FailPoints(tmp_path / "fail-points")
    ran, recorded = of_phase(START)
    points.arm([ran], skip=passed)
    points.arm([recorded], skip=3)
    with unpacked(STORED[0], tmp_path, points.environment) as appliance:
        assert answers(appliance) == stored(STORED[0])["answers"]
        assert appliance.log().count('"part_died"') == 2
        points.await_fired([ran, recorded], 0, lambda: None)


def test_there_are_data_of_several_schemas() -> None:
    numbers = [path.name[7:11] for path in STORED]
    assert len(numbers) >= 3
    assert numbers[-1] <= shipped()[-1].name[:4]


def test_data_of_a_newer_schema_are_refused_by_name(tmp_path: Path) -> None:
    appliance = unpacked(STORED[-1], tmp_path)
    try:
        clickhouse = str(appliance.data_dir / "clickhouse")
        subprocess.run([sys.executable, "-c", RECORD, clickhouse, "9999_of_tomorrow.sql"], check=True, timeout=60)
        for command in ("up", f"backup {tmp_path / 'new'}"):
            refused = run(command, appliance.config)
            assert refused.returncode == 1, refused.stderr
            said = [line for line in refused.stderr.splitlines() if not line.startswith("{")]
            expected = "the counters were made by a newer version: this one has no migration 9999_of_tomorrow.sql"
            assert said == [f"appliance: {expected}"]
    finally:
        appliance.clean_up()

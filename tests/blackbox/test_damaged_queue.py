"""A cut end of the embedded Redis' file repairs itself; damage in the middle stops the start, with what to do."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import Hit, Sender, Visitor
from tests.kit.stats_client import StatsClient, await_equal

pytestmark = pytest.mark.blackbox

SITE = "example.org"


def send(appliance: ApplianceProcess, first: int, expected: int) -> None:
    hits = [Hit(SITE, Visitor(f"87.128.0.{number}")) for number in range(first, first + 20)]
    Sender(appliance.ingest, appliance.clock).send(hits)
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        await_equal(lambda: stats.totals(SITE)["visitors"], expected)


def append_only_file(appliance: ApplianceProcess) -> Path:
    (file,) = (appliance.data_dir / "redis" / "appendonlydir").glob("*.incr.aof")
    return file


def test_a_cut_end_repairs_itself_and_other_damage_stops_the_start(tmp_path: Path) -> None:
    with ApplianceProcess(tmp_path, [Site(SITE)]) as appliance:
        send(appliance, 1, 20)
        appliance.kill()
        with append_only_file(appliance).open("r+b") as file:
            file.truncate(file.seek(0, 2) - 7)
        appliance.start()
        assert "Truncating the AOF" in appliance.log()
        send(appliance, 101, 40)

        appliance.kill()
        file = append_only_file(appliance)
        content = bytearray(file.read_bytes())
        begin = content.index(b"*3\r\n$3\r\nSET", len(content) // 2)
        content[begin : begin + 4] = b"XXXX"
        file.write_bytes(content)
        appliance.launch()
        assert appliance.process is not None
        assert appliance.process.wait(30) == 1
        assert "Bad file format" in appliance.log().splitlines()[-1]
        assert "redis-check-aof --fix" in appliance.log().splitlines()[-1]

        # What the runbook says.
        manifest = file.with_name("appendonly.aof.manifest")
        check = shutil.which("redis-check-aof") or shutil.which("valkey-check-aof")
        assert check is not None
        subprocess.run([check, "--fix", manifest], input=b"y\n", check=True, capture_output=True, timeout=30)
        appliance.start()
        send(appliance, 201, 60)

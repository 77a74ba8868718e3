"""One disk for everything, as on the smallest machine, and it is full: hits are refused, numbers are still read, and
with room again everything that was taken is counted once, without a hand.
"""

import contextlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.kit.appliance_process import ApplianceProcess, Site, run
from tests.kit.hits import Hit, Visitor
from tests.kit.stats_client import StatsClient, await_equal, await_true

pytestmark = pytest.mark.blackbox

SITE = Site("full.example")
_SIZE = "96m"
_FEWEST, _MOST = 50, 500


@pytest.fixture
def appliance(tmp_path: Path) -> Iterator[ApplianceProcess]:
    # At noon, so that no test meets a midnight.
    appliance = ApplianceProcess(tmp_path, [SITE], at=1_930_478_400)
    appliance.data_dir.mkdir(mode=0o700)
    mount = shutil.which("mount")
    if (
        mount is None
        or subprocess.run(
            [mount, "-t", "tmpfs", "-o", f"size={_SIZE},mode=700", "tmpfs", str(appliance.data_dir)],
            check=False,
            capture_output=True,
        ).returncode
    ):
        pytest.skip("a small disk can only be made by root")
    try:
        with appliance:
            yield appliance
    finally:
        subprocess.run(["umount", "--lazy", str(appliance.data_dir)], check=True)


def test_full_disk_refuses_hits_and_loses_none(appliance: ApplianceProcess) -> None:
    with (
        httpx.Client(base_url=appliance.ingest, trust_env=False, timeout=20) as client,
        StatsClient(appliance.stats, appliance.keys["reader"]) as stats,
    ):
        assert all(sent(client, number) for number in range(_FEWEST))
        await_equal(lambda: stats.totals(SITE.id)["events"], _FEWEST)
        filler = fill(appliance.data_dir)
        number = _FEWEST
        while sent(client, number):
            number += 1
            assert number < _MOST, "no hit was refused"
        refused = range(number, number + 20)
        assert not any(sent(client, number) for number in refused)
        assert stats.totals(SITE.id)["events"] >= _FEWEST
        said = run("doctor", appliance.config)
        assert said.returncode == 1
        assert "hits are refused when the disk is full" in said.stdout
        filler.unlink()
        await_true(lambda: sent(client, number), "hits are taken again", seconds=30)
        assert all(sent(client, number) for number in refused)
        await_equal(lambda: stats.totals(SITE.id)["events"], refused.stop, seconds=30)


def fill(directory: Path) -> Path:
    """Leave no byte."""
    filler = directory / "filler"
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(65_536)):
            pass
    return filler


def sent(client: httpx.Client, number: int) -> bool:
    """Whether a hit was taken; one that was not is refused as it should be."""
    hit = Hit(SITE.id, Visitor(f"87.128.1.{number % 250}"), path=f"/{number % 5}", event_id=f"id-{number}")
    answer = client.post("/api/event", content=json.dumps(hit.body()), headers=hit.headers())
    if answer.status_code == 503:
        assert int(answer.headers["retry-after"]) > 0
        return False
    assert (answer.status_code, answer.headers.get("x-drop-reason")) == (202, None)
    return True

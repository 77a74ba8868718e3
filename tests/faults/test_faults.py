"""A short campaign: every named fail point once, then chance. The long one is `make faults`."""

from pathlib import Path

import pytest

from tests.faults.campaign import Campaign

pytestmark = pytest.mark.blackbox

SEED = 20_310_306


def test_every_hit_is_counted_once_whoever_is_killed_when(tmp_path: Path) -> None:
    said: list[str] = []
    campaign = Campaign(tmp_path, SEED, said.append)
    try:
        campaign.run(kills=50, minutes=3)
    except BaseException as error:
        error.add_note(f"seed {SEED}; " + "; ".join(said[-5:]))
        raise
    assert campaign.killer.kills.total() > 40
    assert campaign.traffic.answers["taken"] > 1000

"""The bench of the whole path counts what it sends: a short run at a rate that any machine holds."""

import pytest

from tests.bench.end_to_end import try_rate

pytestmark = pytest.mark.blackbox


def test_every_hit_of_a_steady_load_is_counted_once_over_the_end_of_visits() -> None:
    trial = try_rate(sites=5, rate=30, seconds=12)
    assert trial.sent.refused == 0
    assert trial.sent.taken == pytest.approx(360, abs=2)
    assert trial.counted_after is not None, "visitors, visits and pageviews are what was sent"
    assert set(trial.cpu) >= {"ingest", "worker", "warehouse", "redis-server", "client"}

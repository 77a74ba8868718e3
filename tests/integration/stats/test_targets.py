"""Targets of outbound links, downloads, missing pages and forms can be asked for without declaring anything."""

import pytest

from appliance.targets import OWN_KEYS
from tests.integration.stats.conftest import DAY, Stats
from tests.integration.stats.test_query import visit


@pytest.mark.parametrize("key", sorted(OWN_KEYS))
def test_target_is_shown_from_k_visitors_on_and_property_of_nobody_is_refused(stats: Stats, key: str) -> None:
    for many, value in ((6, "/many"), (4, "/few")):
        for _ in range(many):
            visit(stats, "/", name="sent", props=((key, value),))
    visit(stats, "/")
    question = {"dimensions": [f"event:props:{key}"], "metrics": ["visitors", "events"]}
    assert stats.rows(**question) == {("/many",): [6, 6]}
    stats.close_day(DAY)
    assert stats.rows(**question) == {("/many",): [6, 6]}
    assert stats.ask(dimensions=[f"event:props:{key}x"]).status_code == 400

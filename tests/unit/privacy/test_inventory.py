"""Everything that is kept anywhere stands in the inventory."""

import re
from pathlib import Path

from appliance.privacy.inventory import CLICKHOUSE, REDIS, inventory
from appliance.settings import DashboardSettings, RetentionSettings, Settings
from appliance.state import names
from appliance.warehouse.retention import STOCKS, UNDATED

ROOT = Path(__file__).parents[3]
HELD = inventory(Settings())


def _names(store: str) -> set[str]:
    return {one.name for one in HELD if one.store == store}


def test_every_table_is_listed() -> None:
    known = {stock.table for stocks in STOCKS.values() for stock in stocks} | UNDATED
    assert _names(CLICKHOUSE) == known


def test_every_key_of_redis_is_listed() -> None:
    made = {
        names.events(0),
        names.visitor(0, b"\xab" * 16),
        names.outbox(0),
        names.pairs(0),
        names.lease(0),
        names.live("a.example"),
        names.handed("123"),
        *(value for name, value in vars(names).items() if name.isupper()),
    }
    functions = {name for name, value in vars(names).items() if callable(value)}
    assert functions == {"events", "visitor", "visitors", "outbox", "pairs", "lease", "live", "handed", "shard_of"}
    listed = _names(REDIS)
    patterns = {
        name: re.escape(name)
        .replace(r"\{shard\}", r"\{\d+\}")
        .replace(":tag", ":[0-9a-f]{32}")
        .replace(":site", ":.+")
        .replace(":process", ":.+")
        for name in listed
    }
    assert len(listed) == len(made)
    for key in made:
        assert sum(re.fullmatch(pattern, key) is not None for pattern in patterns.values()) == 1, key


def test_nothing_is_left_unsaid() -> None:
    assert all(text.strip() and "{" not in one.until for one in HELD for text in one)


def test_limits_are_those_that_are_set() -> None:
    settings = Settings(
        retention=RetentionSettings(hour_totals="7 months", outcomes="3 days"),
        dashboard=DashboardSettings(session_hours=5),
    )
    until = {one.name: one.until for one in inventory(settings)}
    assert until["totals_hour"] == "7 months"
    assert until["outcomes"] == "3 days"
    assert "5 hours" in until["dashboard.sqlite"]

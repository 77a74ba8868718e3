"""What every store of the appliance holds, why, and until when: each table, each key of Redis, each file.

The words stand in `inventory.csv`. A test compares its names with the tables of ClickHouse and the keys of Redis, so
that nothing is left out.
"""

import csv
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import msgspec

from appliance.settings import Settings

CLICKHOUSE, REDIS = "ClickHouse", "Redis"


class Holding(NamedTuple):
    """One place where something is."""

    store: str
    name: str
    holds: str
    why: str
    until: str


def inventory(settings: Settings) -> list[Holding]:
    """Everything, with the limits as they are set."""
    limits = msgspec.structs.asdict(settings.retention) | {"session_hours": settings.dashboard.session_hours}
    return [one._replace(until=one.until.format(**limits)) for one in _lines()]


@cache
def _lines() -> tuple[Holding, ...]:
    text = (files("appliance.privacy") / "inventory.csv").read_text(encoding="utf-8")
    return tuple(Holding(**line) for line in csv.DictReader(text.splitlines()))

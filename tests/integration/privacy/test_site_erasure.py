"""An erasure that fails anywhere is finished by the next one, and says nothing is left only when that is so."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from appliance.anonymize.keyring import Keyring
from appliance.errors import KeyGoneError, UnavailableError
from appliance.privacy import site_erasure as module
from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.site_erasure import SiteErasure
from appliance.state import names
from appliance.state.connection import Client
from appliance.state.open_days import OpenDays
from appliance.state.site_state import SiteState
from tests.kit.engine import Engine
from tests.kit.evidence_file import entries

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

DAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC).timestamp()
COUNTERS = {"outcomes": "hits", "totals_hour": "visits", "cells_running": "visits", "cells": "visits"}
"""A counter of each table; rows of zeros are not stored."""
GOES, STAYS = "a.example", "b.example"


class Stores:
    """Two sites in every store."""

    def __init__(self, engine: Engine, redis: Client, directory: Path) -> None:
        self.keys = Keyring.open(directory, lambda: NOW)
        self.redis = redis
        self.engine = engine
        self.directory = directory
        for site in (GOES, STAYS):
            where = {"site": site, "day": DAY}
            engine.writer.command("INSERT INTO closed_days VALUES ({site:String}, {day:Date})", where)
            for table, column in COUNTERS.items():
                insert = f"INSERT INTO {table} (site, day, {column})"
                engine.writer.command(insert + " VALUES ({site:String}, {day:Date}, 1)", where)  # noqa: S608  constants
            self.keys.day_key(site, DAY, create=True)
            redis.xadd(names.events(0), {f"{site}|{DAY}": "sealed"})
            OpenDays(redis).add([f"{site}|{DAY}"])

    def erasure(self, site: str = GOES) -> SiteErasure:
        evidence = EvidenceLog(self.directory / "evidence.jsonl")
        return SiteErasure(site, 1, self.engine.writer, self.redis, self.keys, evidence, lambda: NOW)

    def kinds(self) -> list[str]:
        return [entry["kind"] for entry in entries(self.directory)]


@pytest.fixture
def stores(module_engine: Engine, redis_client: Client, tmp_path: Path) -> Stores:
    module_engine.empty()
    return Stores(module_engine, redis_client, tmp_path)


def nothing() -> None:
    """No facts wait."""


def test_only_the_site_goes_and_it_is_proved(stores: Stores) -> None:
    other = stores.erasure(STAYS).held()
    before = stores.erasure().erase(nothing)
    assert (before.keys, before.redis["queued"], before.rows["cells"]) == (1, 1, 1)
    assert stores.erasure().held().is_empty
    assert stores.erasure(STAYS).held() == other
    assert stores.kinds() == ["site_erasure_started", "key_destroyed", "site_erased"]
    assert stores.keys.day_key(GOES, DAY, create=True)


def test_facts_on_their_way_are_counted_before_anything_is_looked_at(stores: Stores) -> None:
    def arrive() -> None:
        stores.engine.writer.command("INSERT INTO outcomes (site, day, hits) VALUES ('a.example', '2026-11-20', 1)")

    assert stores.erasure().erase(arrive).rows["outcomes"] == 2
    assert stores.erasure().held().is_empty


@pytest.mark.parametrize(
    ("owner", "step"),
    [
        (Keyring, "destroy"),
        (SiteState, "remove"),
        (module, "delete_rows"),
        (module, "rewrite_append_only_file"),
        (Keyring, "forget"),
    ],
)
@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_failure_at_any_step_is_repaired_by_the_next_run(
    stores: Stores, monkeypatch: pytest.MonkeyPatch, owner: Any, step: str, done: bool
) -> None:
    real = getattr(owner, step)

    def failing(*args: Any) -> None:
        if done:
            real(*args)
        raise UnavailableError("made to fail")

    with monkeypatch.context() as patched:
        patched.setattr(owner, step, failing)
        with pytest.raises(UnavailableError, match="made to fail"):
            stores.erasure().erase(nothing)
    assert "site_erased" not in stores.kinds()

    stores.erasure().erase(nothing)

    assert stores.erasure().held().is_empty
    assert not stores.erasure(STAYS).held().is_empty
    assert stores.kinds()[-1] == "site_erased"
    assert stores.keys.day_key(GOES, DAY, create=True)


def test_something_left_is_never_called_erased(stores: Stores, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SiteState, "remove", lambda _state: None)
    with pytest.raises(UnavailableError, match=r"something of site 'a.example' is left"):
        stores.erasure().erase(nothing)
    assert "site_erased" not in stores.kinds()
    with pytest.raises(KeyGoneError):
        stores.keys.day_key(GOES, DAY, create=False)

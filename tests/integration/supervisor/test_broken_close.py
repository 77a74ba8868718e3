"""The end of a day may break off before or after any of its steps: the next life finishes it, to the same cells."""

import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from appliance.aggregate import end_of_day
from appliance.aggregate.shard_worker import ShardWorker
from appliance.anonymize.keyring import Keyring
from appliance.privacy.evidence import EvidenceLog
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client, connect
from appliance.state.open_days import OpenDays
from appliance.state.outbox import Outbox
from appliance.state.shard import Shard
from appliance.warehouse import close
from appliance.warehouse.carry import CarriedDay
from appliance.warehouse.client import WriteClient
from appliance.warehouse.open_cells import OpenCells
from tests.kit.day_end import DAY, RUNNING, SITE, DayEnd, Stores, everything, send
from tests.kit.engine import Engine

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

STEPS: dict[str, tuple[Any, str, str]] = {
    "hits counted": (Shard, "commit", ""),
    "visits closed and profiles deleted": (ShardWorker, "close_day", ""),
    "key destroyed": (Keyring, "destroy", ""),
    "evidence of the key": (EvidenceLog, "append", "key_destroyed"),
    "append-only file rewritten": (end_of_day, "rewrite_append_only_file", ""),
    "close requested": (CloseRequests, "request", ""),
    "evidence of the rewrite": (EvidenceLog, "append", "append_only_file_rewrite"),
    "day no longer open in Redis": (OpenDays, "remove", ""),
    "flush noted": (Outbox, "note", ""),
    "visits inserted": (WriteClient, "insert", "visit_facts"),
    "pairs inserted": (WriteClient, "insert", "pair_facts"),
    "flush confirmed": (Outbox, "confirm", ""),
    "drained": (CloseRequests, "pending", ""),
    "fold read": (OpenCells, "read", ""),
    "closed cells written": (WriteClient, "insert", "cells"),
    "closed cells compared": (WriteClient, "query", "FROM cells\nWHERE"),
    "day marked": (WriteClient, "insert", "closed_days"),
    "left for the month": (WriteClient, "insert", "carry_open"),
    "moved to the month": (WriteClient, "command", "INSERT INTO carry"),
    "what was moved dropped": (CarriedDay, "forget", ""),
    "rows deleted": (close, "delete_running", ""),
    "absence verified": (WriteClient, "query", "FROM system.parts"),
    "evidence of the close": (EvidenceLog, "append", "day_closed"),
    "request done": (CloseRequests, "done", ""),
}
"""What happens, the function that does it, and a word that is among its arguments."""


class Killed(BaseException):
    """The process ends here: nothing below catches it."""


@pytest.fixture
def stores(module_engine: Engine, redis_client: Client, redis_url: str) -> Iterator[Stores]:
    module_engine.empty()
    directory = Path(tempfile.mkdtemp(prefix="apt-", dir="/dev/shm"))
    yield Stores(redis_url, module_engine.writer, directory)
    shutil.rmtree(directory)


@pytest.fixture(scope="module")
def undisturbed(module_engine: Engine, redis_url: str) -> dict[str, list[tuple[Any, ...]]]:
    module_engine.empty()
    with tempfile.TemporaryDirectory(prefix="apt-", dir="/dev/shm") as directory:
        connect(redis_url).flushall()
        stores = Stores(redis_url, module_engine.writer, Path(directory))
        send(stores)
        DayEnd(stores).finish()
    return everything(module_engine.writer)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", STEPS)
def test_end_of_a_day_that_broke_off_is_finished_to_the_same_cells(
    undisturbed: dict[str, list[tuple[Any, ...]]],
    stores: Stores,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
    after: bool,
) -> None:
    send(stores)
    owner, name, word = STEPS[step]
    with monkeypatch.context() as patched:
        patched.setattr(owner, name, killed(getattr(owner, name), word, after))
        with pytest.raises(Killed):
            DayEnd(stores).finish()

    DayEnd(stores).finish()

    assert everything(stores.counters) == undisturbed
    assert undisturbed["cells"]
    assert {row[0] for row in undisturbed["cells_running"]} == {RUNNING}
    assert_nothing_is_left(stores)


def killed(step: Callable[..., Any], word: str, after: bool) -> Callable[..., Any]:
    def run(*args: Any, **kwargs: Any) -> Any:
        is_mine = any(word in arg for arg in args if isinstance(arg, str)) if word else True
        if word == "cells":
            is_mine = "cells" in args
        result = step(*args, **kwargs) if after or not is_mine else None
        if is_mine:
            raise Killed
        return result

    return run


def assert_nothing_is_left(stores: Stores) -> None:
    """No key, no profile and no request of the day; and the evidence names each step in an unbroken chain."""
    life = DayEnd(stores)
    assert [slot.name for slot in life.keys.live()] == [f"{RUNNING}|{DAY}"]
    profiles = [life.redis.get(name) or b"" for name in life.redis.keys("visitor:*")]
    assert profiles
    assert not [profile for profile in profiles if SITE.encode() in profile]
    lines = (stores.directory / "evidence.jsonl").read_text().splitlines()
    said = {entry["kind"] for entry in map(json.loads, lines) if entry.get("site", SITE) == SITE}
    said.discard("transport_key_destroyed")
    assert said == {"key_created", "visits_closed", "key_destroyed", "append_only_file_rewrite", "day_closed"}
    assert life.evidence.verify().broken_at is None

"""An update of the schema counts nothing twice that a killed process left unconfirmed."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random

import msgspec
import pytest

from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.facts import FactBatch
from appliance.state import envelope
from appliance.state.connection import Client
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Lane, Outbox
from appliance.supervisor.parts.schema import bring_up_to_date
from appliance.warehouse.client import WriteClient, open_writer
from appliance.warehouse.migrations import migrate, shipped
from appliance.warehouse.writer import Writer
from tests.kit.engine import engine_settings
from tests.kit.facts import random_batch

pytestmark = [pytest.mark.clickhouse, pytest.mark.redis]

OLD = "0039_remove_parts_of_totals_hour_in_one_thread.sql"
"""The last file with which cells went to `cells_open`."""
DAY = date(2026, 11, 23)
NOON = (DAY - date(1970, 1, 1)).days * 86_400.0 + 43_200
SHARDS = 4
KEY = f"transport|{DAY}"
BATCH = random_batch(Random(3), 40, ("a.example", "b.example"), ((DAY - date(1970, 1, 1)).days,))


class KilledError(Exception):
    """The process ends here."""


@pytest.fixture
def old_counters(tmp_path: Path) -> Iterator[WriteClient]:
    client = open_writer(engine_settings(tmp_path))
    migrate(client, through=OLD)
    yield client
    client.close()


def test_a_batch_that_was_not_confirmed_is_counted_once_over_an_update(
    old_counters: WriteClient, redis_client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    transport = Keyring.open(tmp_path, lambda: NOON, TRANSPORT_KEYS_FILE)
    transport.key(KEY, create=True)
    for lane, batch in ((FACTS, FactBatch(BATCH.visits, BATCH.events)), (PAIRS, FactBatch(pairs=BATCH.pairs))):
        put(redis_client, transport, lane, batch)
        with monkeypatch.context() as patched:
            patched.setattr(Outbox, "confirm", killed)
            with pytest.raises(KilledError):
                Writer(
                    old_counters, Outbox(redis_client, transport, SHARDS, lane), FlushNote, lambda: NOON
                ).flush_once()
    before = sums(old_counters, "cells_open")
    assert before[0] > 0

    ran = bring_up_to_date(old_counters, redis_client, transport, engine_settings(tmp_path), lambda: NOON)

    assert ran == [migration.name for migration in shipped() if migration.name > OLD]
    for lane in (FACTS, PAIRS):
        outbox = Outbox(redis_client, transport, SHARDS, lane)
        assert (outbox.noted(), outbox.waiting()) == (None, 0)
        Writer(old_counters, outbox, FlushNote, lambda: NOON).flush_once()
    assert sums(old_counters, "open_cells") == before


def test_counters_of_this_version_leave_the_batch_to_the_writer(
    old_counters: WriteClient, redis_client: Client, tmp_path: Path
) -> None:
    transport = Keyring.open(tmp_path, lambda: NOON, TRANSPORT_KEYS_FILE)
    transport.key(KEY, create=True)
    migrate(old_counters)
    put(redis_client, transport, FACTS, FactBatch(BATCH.visits))
    outbox = Outbox(redis_client, transport, SHARDS)
    outbox.note(FlushNote("token", [(entry.shard, entry.id) for entry in outbox.read(10)]))
    assert bring_up_to_date(old_counters, redis_client, transport, engine_settings(tmp_path), lambda: NOON) == []
    assert outbox.noted() is not None


def killed(*_: object) -> None:
    raise KilledError


def put(client: Client, transport: Keyring, lane: Lane, batch: FactBatch) -> None:
    place = lane.place(0)
    client.xadd(place, {"facts": envelope.seal(transport, KEY, place, msgspec.msgpack.encode(batch))})


def sums(client: WriteClient, table: str) -> tuple[int, ...]:
    sql = f"SELECT sum(visitors), sum(visits), sum(pageviews), sum(events), sum(closed) FROM {table}"  # noqa: S608
    return tuple(int(number) for number in client.query(sql).rows[0])

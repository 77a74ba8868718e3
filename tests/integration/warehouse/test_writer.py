"""A batch counts once, wherever between note and confirmation the writer dies."""

from random import Random
from typing import Any

import msgspec
import pytest

from appliance.errors import UnavailableError
from appliance.facts import FactBatch
from appliance.warehouse.client import WriteClient
from appliance.warehouse.writer import Writer
from tests.kit.engine import Engine
from tests.kit.facts import joined, random_batch
from tests.kit.outbox import MemoryEntry, MemoryLastNote, MemoryNote, MemoryOutbox

pytestmark = pytest.mark.clickhouse


def entries(count: int, size: int = 20, seed: int = 3) -> list[MemoryEntry]:
    random = Random(seed)
    sites = ("a.example", "b.example")
    return [MemoryEntry(n % 3, f"{n}-0", random_batch(random, size, sites, (20_779, 20_780))) for n in range(count)]


def make_writer(engine: Engine, outbox: MemoryOutbox) -> Writer[MemoryNote]:
    return Writer(engine.writer, outbox, MemoryNote, lambda: 7.0)


def counted(engine: Engine) -> tuple[int, int, int, int]:
    """Events in totals, events of event names among the cells, visits in totals, hits in outcomes."""
    [(events, visits)] = engine.reader.query("SELECT sum(events), sum(visits) FROM totals_hour").rows
    [(named,)] = engine.reader.query("SELECT sum(events) FROM open_cells WHERE dim_a = 3 AND dim_b = 0").rows
    [(hits,)] = engine.reader.query("SELECT sum(hits) FROM outcomes").rows
    return events, named, visits, hits


def facts_of(batch: FactBatch) -> tuple[int, int, int, int]:
    return (
        sum(fact.events for fact in batch.events),
        sum(fact.events for fact in batch.events for attribute in fact.event_attributes if attribute.dimension == 3),
        sum(fact.phase == 1 for fact in batch.visits),
        sum(fact.hits for fact in batch.outcomes),
    )


@pytest.mark.external
@pytest.mark.parametrize(
    ("fail_before", "fail_after"),
    [("read", ""), ("note", ""), ("", "note"), ("confirm", ""), ("", "confirm")],
)
def test_a_batch_counts_once_when_the_outbox_fails(engine: Engine, fail_before: str, fail_after: str) -> None:
    outbox = MemoryOutbox(entries(6))
    expected = facts_of(joined([entry.batch for entry in outbox.entries if entry.batch]))
    outbox.fail_before, outbox.fail_after = fail_before, fail_after

    with pytest.raises(UnavailableError):
        make_writer(engine, outbox).flush_once()
    while make_writer(engine, outbox).flush_once():
        pass

    assert counted(engine) == expected
    assert outbox.entries == []


@pytest.mark.external
def test_a_batch_counts_once_when_redis_loses_its_note_after_the_insert(engine: Engine) -> None:
    outbox = MemoryOutbox(entries(6))
    expected = facts_of(joined([entry.batch for entry in outbox.entries if entry.batch]))
    outbox.fail_before = "confirm"
    writer = make_writer(engine, outbox)

    with pytest.raises(UnavailableError):
        writer.flush_once()
    outbox.flush = None
    outbox.fail_before = "note"
    with pytest.raises(UnavailableError):
        writer.flush_once()
    while writer.flush_once():
        pass

    assert counted(engine) == expected
    assert outbox.entries == []
    assert len(set(outbox.tokens)) == 1


@pytest.mark.external
@pytest.mark.parametrize("keeps_one_before", [False, True], ids=["all that it noted", "but the batch before"])
def test_a_batch_counts_once_when_the_writer_dies_and_redis_loses_its_note(
    engine: Engine, *, keeps_one_before: bool
) -> None:
    """Redis comes back as it was before the note, with or without the confirmation of the batch before."""
    outbox, last_note = MemoryOutbox(entries(6)), MemoryLastNote()
    everything, outbox.entries[3:] = outbox.entries[:], []
    expected = facts_of(joined([entry.batch for entry in everything if entry.batch]))
    outbox.fail_before = "confirm"
    with pytest.raises(UnavailableError):
        Writer(engine.writer, outbox, MemoryNote, lambda: 7.0, last_note).flush_once()
    cut_at = (outbox.flush, everything) if keeps_one_before else (None, everything[3:])
    outbox.entries = everything[:]
    writer = Writer(engine.writer, outbox, MemoryNote, lambda: 7.0, last_note)
    while writer.flush_once():
        pass
    assert len(outbox.tokens) == 2
    outbox.flush, outbox.entries = cut_at

    writer = Writer(engine.writer, outbox, MemoryNote, lambda: 7.0, last_note)
    while writer.flush_once():
        pass

    assert counted(engine) == expected
    assert outbox.entries == []
    assert len(set(outbox.tokens)) == 2


@pytest.mark.external
@pytest.mark.parametrize("table", ["visit_facts", "event_facts", "outcomes"])
@pytest.mark.parametrize("committed", [False, True], ids=["before it is in", "after it is in"])
def test_a_batch_counts_once_when_clickhouse_fails_at_a_table(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, table: str, committed: bool
) -> None:
    outbox = MemoryOutbox(entries(6))
    expected = facts_of(joined([entry.batch for entry in outbox.entries if entry.batch]))
    insert = WriteClient.insert

    def broken(self: WriteClient, name: str, *args: Any, **kwargs: Any) -> None:
        if name != table or committed:
            insert(self, name, *args, **kwargs)
        if name == table:
            raise UnavailableError("away")

    monkeypatch.setattr(WriteClient, "insert", broken)
    for _ in range(2):
        with pytest.raises(UnavailableError):
            make_writer(engine, outbox).flush_once()
    monkeypatch.undo()
    while make_writer(engine, outbox).flush_once():
        pass

    assert counted(engine) == expected
    assert len(outbox.tokens) == 1


@pytest.mark.external
def test_equal_facts_of_two_entries_count_twice(engine: Engine) -> None:
    batch = random_batch(Random(4), 30)
    for number in (1, 2):
        make_writer(engine, MemoryOutbox([MemoryEntry(0, f"{number}-0", batch)])).flush_once()

    assert counted(engine) == facts_of(joined([batch, batch]))


def test_a_flush_of_many_sites_and_days_counts_once_when_repeated(engine: Engine) -> None:
    sites = tuple(f"site-{number}.example" for number in range(20))
    batch = random_batch(Random(5), 400, sites, tuple(range(20_700, 20_706)))
    outbox = MemoryOutbox([MemoryEntry(0, "1-0", batch)])
    outbox.fail_before = "confirm"

    with pytest.raises(UnavailableError):
        make_writer(engine, outbox).flush_once()
    make_writer(engine, outbox).flush_once()

    assert counted(engine) == facts_of(batch)


def test_entries_that_cannot_be_opened_are_confirmed_and_reported(engine: Engine) -> None:
    good = random_batch(Random(6), 5)
    outbox = MemoryOutbox([MemoryEntry(0, "1-0", None), MemoryEntry(0, "2-0", good)])
    writer = make_writer(engine, outbox)

    assert writer.flush_once() == 15 + len(good.pairs)
    assert writer.unreadable_entries == 1
    assert outbox.entries == []


def test_counted_until_moves_only_when_the_outbox_was_drained(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.warehouse.writer.MAX_ENTRIES", 2)
    outbox = MemoryOutbox([MemoryEntry(0, f"{n}-0", random_batch(Random(n), 2)) for n in range(3)])
    writer = make_writer(engine, outbox)

    writer.flush_once()
    after_first = writer.counted_until
    writer.flush_once()

    assert (after_first, writer.counted_until) == (0.0, 7.0)


@pytest.mark.external
@pytest.mark.parametrize("fail_before", ["", "confirm"])
def test_entry_that_is_more_than_one_insert_goes_in_pieces_and_counts_once(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, fail_before: str
) -> None:
    monkeypatch.setattr("appliance.warehouse.writer.MAX_BYTES", 100_000)  # a few facts
    outbox = MemoryOutbox(entries(3))
    sent = facts_of(joined([entry.batch for entry in outbox.entries if entry.batch]))
    outbox.fail_before = fail_before
    if fail_before:
        with pytest.raises(UnavailableError):
            make_writer(engine, outbox).flush_once()
    while make_writer(engine, outbox).flush_once():
        pass
    assert counted(engine) == sent


def poisoned(entry: MemoryEntry) -> MemoryEntry:
    """One of its events has an hour that no column can hold."""
    assert entry.batch is not None
    event = msgspec.structs.replace(entry.batch.events[0], hour=300)
    batch = msgspec.structs.replace(entry.batch, events=[*entry.batch.events, event])
    return entry._replace(batch=batch)


@pytest.mark.external
@pytest.mark.parametrize("fail_before", ["", "confirm"])
def test_entry_that_no_column_can_hold_is_set_aside_and_the_others_count_once(engine: Engine, fail_before: str) -> None:
    outbox = MemoryOutbox(entries(6))
    others = facts_of(joined([entry.batch for n, entry in enumerate(outbox.entries) if entry.batch and n != 2]))
    before = facts_of(outbox.entries[2].batch or FactBatch())
    outbox.entries[2] = poisoned(outbox.entries[2])
    outbox.fail_before = fail_before
    if fail_before:
        with pytest.raises(UnavailableError):
            make_writer(engine, outbox).flush_once()
    writer = make_writer(engine, outbox)
    while writer.flush_once():
        pass
    assert outbox.set_aside == [(2, "2-0")]
    assert writer.rejections == ["rows for event_facts do not fit (DataError)"]
    # Of the entry itself only what went to other tables counts.
    events, named, visits, hits = counted(engine)
    assert (events, named) == others[:2]
    assert (visits, hits) == (others[2] + before[2], others[3] + before[3])


@pytest.mark.external
def test_batch_of_which_some_may_be_there_is_set_aside_whole(engine: Engine) -> None:
    engine.writer.command(
        "CREATE MATERIALIZED VIEW broken TO outcomes AS "
        "SELECT site, day, hour, '' AS outcome, toUInt64(intDiv(1, events * 0)) AS hits FROM event_facts"
    )
    try:
        outbox = MemoryOutbox(entries(3))
        writer = make_writer(engine, outbox)
        assert writer.flush_once()
    finally:
        engine.writer.command("DROP VIEW broken")
    assert outbox.set_aside == sorted((entry.shard, entry.id) for entry in entries(3))
    assert set(writer.rejections) == {"ClickHouse refuses rows for event_facts (ILLEGAL_DIVISION)"}
    assert not outbox.entries

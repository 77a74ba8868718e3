"""The views count what a slow, obvious sum in Python counts, for singles, totals and outcomes."""

from collections import Counter
from datetime import date, timedelta
from random import Random

import pytest

from appliance.warehouse.writer import Writer
from tests.kit.cells import Cells, Counters, Pairs, fold, fold_pairs, non_zero
from tests.kit.engine import Engine
from tests.kit.facts import joined, of_site_day, random_batch
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

pytestmark = pytest.mark.clickhouse

TOTALS = ("visitors", "visits", "pageviews", "events", "closed", "bounces", "duration_ms")
COUNTERS = (*TOTALS, "engaged_ms", "engaged_visits", "scroll_depth", "scroll_visits", "revenue_minor")
SITES = ("a.example", "b.example/blog:1", "c")
DAYS = (20_779, 20_780)


def stored_totals(engine: Engine, site: str, day: int) -> Counters:
    names = (*TOTALS, "visitors_hour")
    sums = ", ".join(f"sum({name})" for name in names)
    sql = f"SELECT {sums} FROM totals_hour WHERE site = {{site:String}} AND day = {{day:Date}}"  # noqa: S608
    [row] = engine.reader.query(sql, {"site": site, "day": as_date(day)}).rows
    return +Counter(dict(zip(names, row, strict=True)))


def stored_cells(engine: Engine, site: str, day: int) -> Cells:
    sums = ", ".join(f"sum({name})" for name in COUNTERS)
    sql = f"""
        SELECT dim_a, a, {sums} FROM readable_cells
        WHERE site = {{site:String}} AND day = {{day:Date}} AND dim_b = 0 AND b = '' GROUP BY dim_a, a
    """  # noqa: S608
    rows = engine.reader.query(sql, {"site": site, "day": as_date(day)}).rows
    return {(row[0], row[1]): non_zero(dict(zip(COUNTERS, row[2:], strict=True))) for row in rows}


def stored_pairs(engine: Engine, site: str, day: int) -> Pairs:
    sums = ", ".join(f"sum({name})" for name in COUNTERS)
    sql = f"""
        SELECT dim_a, a, dim_b, b, {sums} FROM readable_cells
        WHERE site = {{site:String}} AND day = {{day:Date}} AND dim_b != 0 GROUP BY dim_a, a, dim_b, b
    """  # noqa: S608
    rows = engine.reader.query(sql, {"site": site, "day": as_date(day)}).rows
    return {(row[0], row[1], row[2], row[3]): non_zero(dict(zip(COUNTERS, row[4:], strict=True))) for row in rows}


def as_date(day: int) -> date:
    return date(1970, 1, 1) + timedelta(days=day)


@pytest.mark.parametrize("seed", range(6))
def test_views_count_as_the_plain_sum(engine: Engine, seed: int) -> None:
    random = Random(seed)
    batches = [random_batch(random, random.choice((0, 1, 40, 300)), SITES, DAYS) for _ in range(5)]
    outbox = MemoryOutbox([MemoryEntry(n % 2, f"{n}-0", batch) for n, batch in enumerate(batches)])
    writer = Writer(engine.writer, outbox, MemoryNote, lambda: 7.0)

    while writer.flush_once():
        pass

    everything = joined(batches)
    for site in SITES:
        for day in DAYS:
            totals, cells = fold(of_site_day(everything, site, day))
            assert stored_totals(engine, site, day) == totals
            assert stored_cells(engine, site, day) == cells
            assert stored_pairs(engine, site, day) == fold_pairs(of_site_day(everything, site, day))


def test_totals_stand_under_the_hour_of_the_fact(engine: Engine) -> None:
    batch = random_batch(Random(1), 200)
    outbox = MemoryOutbox([MemoryEntry(0, "1-0", batch)])

    Writer(engine.writer, outbox, MemoryNote, lambda: 7.0).flush_once()

    rows = engine.reader.query("SELECT hour, sum(visits), sum(events) FROM totals_hour GROUP BY hour").rows
    starts = Counter(fact.hour for fact in batch.visits if fact.phase == 1)
    events = Counter(fact.hour for fact in batch.events if fact.events)
    assert {hour: (visits, count) for hour, visits, count in rows} == {
        hour: (starts[hour], events[hour])
        for hour in {fact.hour for fact in batch.visits} | {fact.hour for fact in batch.events if fact.events}
    }


def test_outcomes_add_up_by_hour_and_reason(engine: Engine) -> None:
    batch = random_batch(Random(2), 300, SITES, DAYS)
    outbox = MemoryOutbox([MemoryEntry(0, "1-0", batch)])

    Writer(engine.writer, outbox, MemoryNote, lambda: 7.0).flush_once()

    sql = "SELECT site, day, hour, outcome, sum(hits) FROM outcomes GROUP BY site, day, hour, outcome"
    stored = {tuple(row[:4]): row[4] for row in engine.reader.query(sql).rows}
    expected: Counter[tuple[str, date, int, str]] = Counter()
    for fact in batch.outcomes:
        expected[fact.site, as_date(fact.day), fact.hour, fact.outcome] += fact.hits
    assert stored == expected

"""What counting costs: time of inserts by their size and the number of sites, bytes before and after a close.

`make bench-cells` makes visits of three pages with thirteen attributes (`made_day`), and inserts their facts as the
warehouse does: singles and totals apart from pairs of visit attributes. Processor time is that of all threads, with the
merges that follow.
"""

import tempfile
import time
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from appliance.facts import FactBatch
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.writer import Writer
from tests.bench import made_day
from tests.bench.figures import say
from tests.kit.engine import Engine, running_engine
from tests.kit.facts import joined
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

_BATCHES = (1, 100, 1_000)
_FLUSHES = {1: 40, 100: 10, 1_000: 3}
_SITES = (1, 20, 100)
_VISITS_OF_A_FLUSH = 100
_CLOSED_VISITS = 2_000
_MERGE_SECONDS = 1.0
_DAY = date(1970, 1, 1) + timedelta(days=made_day.DAY)
_RULES = Rules(5, lambda _dimension, _value: False)


def main() -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory(prefix="bench-") as directory, running_engine(Path(directory)) as engine:
        _by_batch(engine)
        _by_sites(engine)
        _bytes(engine)


def _by_batch(engine: Engine) -> None:
    say("one site, milliseconds for 1,000 visits, and of the processor:")
    for size in _BATCHES:
        engine.empty()
        count = _FLUSHES[size]
        batches = list(made_day.batches("example.org", (count + 1) * size, size))
        singles = _mean(engine, [_without_pairs(batch) for batch in batches])
        pairs = _mean(engine, [FactBatch(pairs=batch.pairs) for batch in batches])
        say(f"  {size:>5,} visits an insert: {_table(singles, pairs, 1_000 / size)}")


def _by_sites(engine: Engine) -> None:
    say(f"milliseconds of one insert of {_VISITS_OF_A_FLUSH} visits, and of the processor:")
    for sites in _SITES:
        engine.empty()
        each = _VISITS_OF_A_FLUSH // sites
        of_sites = [list(made_day.batches(f"s{n}.example", each * 8, each, seed=n)) for n in range(sites)]
        flushes = [joined(list(batches)) for batches in zip(*of_sites, strict=True)]
        singles = _mean(engine, [_without_pairs(batch) for batch in flushes])
        pairs = _mean(engine, [FactBatch(pairs=batch.pairs) for batch in flushes])
        say(f"  spread over {sites:>4} sites: {_table(singles, pairs, 1)}")


def _bytes(engine: Engine) -> None:
    engine.empty()
    for batch in made_day.batches("example.org", _CLOSED_VISITS, 500):
        _flush(engine, batch)
    engine.writer.command("OPTIMIZE TABLE cells_running FINAL")
    before = _stored(engine, "cells_running")
    close_day(engine.writer, ClosedDays(engine.writer), "example.org", _DAY, _RULES)
    after = _stored(engine, "cells")
    say(f"a day of {_CLOSED_VISITS:,} visits at one site, by 1,000 visits:")
    for name, (rows, size) in (("open", before), ("closed", after)):
        share = 1_000 / _CLOSED_VISITS
        say(f"  {name:>6}: {rows * share:>8,.0f} cells, {size * share / 1e3:>7,.0f} kB")


def _mean(engine: Engine, flushes: Sequence[FactBatch]) -> tuple[float, float]:
    """Seconds of one flush, on the clock and of the processor; the first is not counted, it warms up."""
    _flush(engine, flushes[0])
    started, processor = time.perf_counter(), time.process_time()
    for batch in flushes[1:]:
        _flush(engine, batch)
    seconds = time.perf_counter() - started
    time.sleep(_MERGE_SECONDS)  # merges go on behind the insert
    count = len(flushes) - 1
    return seconds / count, (time.process_time() - processor) / count


def _table(singles: tuple[float, float], pairs: tuple[float, float], scale: float) -> str:
    columns = [f"{clock * scale * 1e3:>7,.0f} ({cpu * scale * 1e3:>7,.0f})" for clock, cpu in (singles, pairs)]
    return f"singles and totals {columns[0]}, pairs {columns[1]}"


def _flush(engine: Engine, batch: FactBatch) -> None:
    Writer(engine.writer, MemoryOutbox([MemoryEntry(0, "1-0", batch)]), MemoryNote, time.time).flush_once()


def _without_pairs(batch: FactBatch) -> FactBatch:
    return FactBatch(batch.visits, batch.events, batch.outcomes)


def _stored(engine: Engine, table: str) -> tuple[int, int]:
    question = "SELECT sum(rows), sum(bytes_on_disk) FROM system.parts WHERE active AND table = {table:String}"
    rows, size = engine.writer.query(question, {"table": table}).rows[0]
    return int(rows), int(size)


if __name__ == "__main__":
    main()

"""How long the close of a large day takes, what it needs, and whether answers come meanwhile: `make bench-close`.

The day is made in one process and closed in another, so that the memory is that of the close alone.
"""

import resource
import subprocess
import sys
import tempfile
import threading
import time
from datetime import date, timedelta
from pathlib import Path

from appliance.dimensions import Dimension
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.writer import Writer
from tests.bench import made_day
from tests.bench.figures import say
from tests.kit.engine import Engine, running_engine
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

SITE = "example.org"
VISITS = 50_000
_BATCH = 500
_MB = 1e6
_DAY = date(1970, 1, 1) + timedelta(days=made_day.DAY)
_RULES = Rules(5, lambda dimension, _: dimension in (Dimension.COUNTRY, Dimension.BROWSER, Dimension.OS))
_QUESTION = """
    SELECT a, sum(visitors) FROM open_cells WHERE site = {site:String} AND day = {day:Date} AND dim_a = {dim:UInt8}
    AND dim_b = 0 GROUP BY a ORDER BY 2 DESC LIMIT 10
"""


def main(arguments: list[str]) -> None:
    """Without arguments: make a day, close it, print."""
    if arguments:
        step, directory, visits = arguments
        with running_engine(Path(directory)) as engine:
            _fill(engine, int(visits)) if step == "fill" else _close(engine)
        return
    with tempfile.TemporaryDirectory(prefix="bench-") as directory:
        for step in ("fill", "close"):
            subprocess.run([sys.executable, "-m", "tests.bench.close", step, directory, str(VISITS)], check=True)


def _fill(engine: Engine, visits: int) -> None:
    started = time.monotonic()
    for number, batch in enumerate(made_day.batches(SITE, visits, _BATCH)):
        Writer(engine.writer, MemoryOutbox([MemoryEntry(0, f"{number}-0", batch)]), MemoryNote, time.time).flush_once()
    seconds = time.monotonic() - started
    say(f"a day of {visits:,} visits of {made_day.PAGES_A_VISIT} pages, made and counted in {seconds:.0f} s")


def _close(engine: Engine) -> None:
    say(f"before: {_size(engine, 'cells_running')}; this process {_peak_mb():.0f} MB")
    days = ClosedDays(engine.writer)
    done = threading.Event()
    waits: list[float] = []
    asking = threading.Thread(target=_ask, args=(engine, days, done, waits))
    asking.start()
    started = time.monotonic()
    report = close_day(engine.writer, days, SITE, _DAY, _RULES)
    seconds = time.monotonic() - started
    done.set()
    asking.join()
    say(f"after:  {_size(engine, 'cells')}; open parts left: {report['parts_left']}")
    say(f"closed in {seconds:.1f} s; peak memory of the process {_peak_mb():.0f} MB")
    say(f"{len(waits)} questions meanwhile, the slowest answered after {max(waits):.2f} s")


def _ask(engine: Engine, days: ClosedDays, done: threading.Event, waits: list[float]) -> None:
    """As readers do: under the lock that a close takes to turn them over."""
    where = {"site": SITE, "day": _DAY, "dim": int(Dimension.PAGE)}
    while not done.is_set():
        started = time.monotonic()
        with days.reading():
            engine.reader.query(_QUESTION, where)
        waits.append(time.monotonic() - started)
        done.wait(0.05)


def _size(engine: Engine, table: str) -> str:
    rows, size, parts = engine.writer.query(
        "SELECT sum(rows), sum(bytes_on_disk), count() FROM system.parts WHERE active AND table = {table:String}",
        {"table": table},
    ).rows[0]
    return f"{rows:>9,} rows, {size / _MB:6.1f} MB in {parts} parts of {table}"


def _peak_mb() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / _MB


if __name__ == "__main__":
    main(sys.argv[1:])

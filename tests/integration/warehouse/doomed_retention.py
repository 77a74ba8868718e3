"""A retention to be killed: `doomed_retention.py DIRECTORY` moves the limit day by day and prints what is left.

The first process fills the counters, says so in a file, and every later one begins again with the first limit.
"""

import json
import sys
from datetime import date, timedelta
from pathlib import Path
from random import Random

from appliance.warehouse.retention import STOCKS, Rule, delete_expired
from appliance.warehouse.writer import Writer
from tests.kit.engine import Engine, running_engine
from tests.kit.facts import random_batch
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

FIRST = date(2026, 9, 20)
N_DAYS = 40
LAST_LIMIT = FIRST + timedelta(days=N_DAYS - 5)


def fill(engine: Engine) -> None:
    first = (FIRST - date(1970, 1, 1)).days
    batch = random_batch(Random(4), 300, ("a.example", "b.example"), tuple(range(first, first + N_DAYS)))
    Writer(engine.writer, MemoryOutbox([MemoryEntry(0, "1-0", batch)]), MemoryNote, lambda: 0.0).flush_once()
    engine.writer.command(
        "INSERT INTO cells (site, day, grain, dim_a, a, visitors)"
        " SELECT site, day, 'day', dim_a, a, visitors FROM open_cells"
    )


def left(engine: Engine, since: date) -> dict[str, list[str]]:
    """Sums of each table from a day on, and the first day of all."""
    found = {}
    for table, what in (
        ("totals_hour", "events"),
        ("cells_running", "visitors"),
        ("cells", "visitors"),
        ("outcomes", "hits"),
    ):
        sql = f"SELECT sumIf({what}, day >= {{since:Date}}), min(day) FROM {table}"  # noqa: S608  constants
        found[table] = [str(value) for value in engine.writer.query(sql, {"since": since}).rows[0]]
    return found


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> None:
    directory = Path(sys.argv[1])
    filled = directory / "filled.json"
    with running_engine(directory) as engine:
        if not filled.exists():
            fill(engine)
            filled.write_text(json.dumps(left(engine, LAST_LIMIT)))
        say("ready")
        limit = FIRST
        while limit < LAST_LIMIT:
            limit += timedelta(days=1)
            delete_expired(engine.writer, [Rule(kind, limit, (), listed=False) for kind in STOCKS])
        say(json.dumps(left(engine, LAST_LIMIT)))


if __name__ == "__main__":
    main()

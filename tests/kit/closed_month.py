"""Some days of one month in an engine, and what their month must show, folded in memory from their open cells."""

from collections.abc import Sequence
from datetime import date, timedelta
from random import Random

from appliance.dimensions import TRAITS
from appliance.warehouse.close import close_day
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.cells import COUNTERS
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.open_cells import OpenCells
from appliance.warehouse.writer import Writer
from tests.kit.day_cells import Cell, DayCells
from tests.kit.engine import Engine
from tests.kit.facts import joined, random_batch
from tests.kit.month_cells import MonthCells
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

SITE, OTHER = "a.example", "a.example:b"
MONTH = date(2026, 10, 1)
DAYS = tuple(MONTH + timedelta(days=n) for n in (0, 1, 2, 3, 14, 15, 16, 30))
_MANY, _FEW = 500, 120
RULES = Rules(5, lambda dimension, _: TRAITS[dimension].closed)


def count(engine: Engine, days: Sequence[date] = DAYS, seed: int = 1) -> None:
    """Facts of two sites on some days: every second day many, of which all values are shown, else few."""
    facts = joined(
        [
            random_batch(Random(seed + n), _FEW if n % 2 else _MANY, (SITE, OTHER), ((day - date(1970, 1, 1)).days,))
            for n, day in enumerate(days)
        ]
    )
    entries = [MemoryEntry(0, f"{seed}-0", facts)]
    Writer(engine.writer, MemoryOutbox(entries), MemoryNote, lambda: 0.0).flush_once()


def expected(engine: Engine) -> dict[Cell, dict[str, int]]:
    """What the month shows once the days that are open now are closed."""
    return MonthCells([_open_day(engine, day) for day in DAYS]).shown


def close_days(engine: Engine, days: Sequence[date] = DAYS) -> None:
    """Close days of both sites."""
    for site in (SITE, OTHER):
        for day in days:
            close_day(engine.writer, ClosedDays(engine.writer), site, day, RULES)


def stored(engine: Engine, site: str = SITE, month: date = MONTH) -> dict[Cell, dict[str, int]]:
    """Cells of grain month."""
    sums = ", ".join(f"sum({name})" for name in COUNTERS)
    sql = (
        f"SELECT dim_a, a, dim_b, b, {sums} FROM cells "  # noqa: S608
        "WHERE site = {site:String} AND day = {month:Date} AND grain = 'month' GROUP BY dim_a, a, dim_b, b"
    )
    rows = engine.writer.query(sql, {"site": site, "month": month}).rows
    return {tuple(row[:4]): dict(zip(COUNTERS, map(int, row[4:]), strict=True)) for row in rows}  # type: ignore[misc]


def n_carried(engine: Engine, site: str = SITE) -> int:
    """Rows that wait for the end of a month."""
    return int(engine.writer.query("SELECT count() FROM carry WHERE site = {site:String}", {"site": site}).rows[0][0])


def _open_day(engine: Engine, day: date) -> DayCells:
    cells = OpenCells(engine.writer, SITE, day)
    found = DayCells([])
    found.totals = cells.totals()
    found.cells = {
        (table[0], a, table[1], b): row
        for table, pairs in ((table, cells.read(table)) for table in cells.tables)
        for a, b, row in zip(pairs.a, pairs.b, pairs.counters.tolist(), strict=True)
    }
    return found

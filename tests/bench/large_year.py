"""A year of a large site in the real tables: one day is counted, folded and closed by the real code, and so is what it
leaves for a month; the rest are copies of these, each day and cell with a chance of its own. Making 365 days one by one
would take six hours.
"""

import time
from datetime import date, timedelta

from appliance.admission import admitter
from appliance.warehouse.close import close_day
from appliance.warehouse.close_month import close_month
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.cells import COUNTERS
from appliance.warehouse.fold.day import Rules
from appliance.warehouse.writer import Writer
from tests.bench.large_site import SITE, LargeSite
from tests.bench.made_day import DAY
from tests.kit.engine import Engine
from tests.kit.outbox import MemoryEntry, MemoryNote, MemoryOutbox

LAST = date(1970, 1, 1) + timedelta(days=DAY)
FIRST = date(LAST.year - 1, LAST.month + 1, 1)
"""The year is that of `12mo`: eleven months that are over and the days of the twelfth."""
_BATCH = 1_000
_DRAWN = FIRST
"""A month of 31 days: the others are copies of it."""
_CARRIED = date(1990, 1, 1)
_DAYS_HIDDEN = 10
"""What one day hides stands for this many days of its month: most of it is not there on the others."""
_SETTINGS = "SETTINGS max_memory_usage = 0, max_block_size = 8192, max_threads = 1"
_COUNTERS = ", ".join(COUNTERS)
_SCALED = ", ".join(f"to{'Int64' if name == 'revenue_minor' else 'UInt64'}(p.{name} * ratio)" for name in COUNTERS[1:])


def make(engine: Engine, visits: int) -> None:
    """Fill the tables of an empty engine."""
    _make_day(engine, visits)
    _make_patterns(engine)
    for table in ("cells", "carry", "totals_hour", "closed_days", "closed_months"):
        engine.writer.command(f"TRUNCATE TABLE {table}")
    _draw_month(engine)
    months = sorted({(FIRST + timedelta(days=n)).replace(day=1) for n in range((LAST - FIRST).days + 1)})
    for month in months:
        _copy_month(engine, month)
    for table in ("pattern", "pattern_of_month", "pattern_of_hours"):
        engine.writer.command(f"DROP TABLE {table} SYNC")


def _make_day(engine: Engine, visits: int) -> None:
    for number, batch in enumerate(LargeSite().batches(visits, _BATCH)):
        entry = MemoryEntry(0, f"{number}-0", batch)
        Writer(engine.writer, MemoryOutbox([entry]), MemoryNote, time.time).flush_once()
    days = ClosedDays(engine.writer)
    close_day(engine.writer, days, SITE.id, LAST, Rules(5, admitter(SITE)))
    often = ", ".join(f"{_DAYS_HIDDEN} * c.{name} AS {name}" for name in ("days", *COUNTERS))
    engine.writer.command(
        f"INSERT INTO carry SELECT * REPLACE ({{month:Date}} AS month, {often}) FROM carry AS c {_SETTINGS}",  # noqa: S608
        {"month": _CARRIED},
    )
    close_month(engine.writer, days, SITE.id, _CARRIED, 5)


def _make_patterns(engine: Engine) -> None:
    """What the others are copied from. Cells of 3 and 4 visitors, which this day hid, may have 5 on another."""
    values, order = f"dim_a, a, dim_b, b, {_COUNTERS}", "ENGINE = MergeTree ORDER BY (dim_a, dim_b, a, b)"
    waiting = "carry WHERE role = 1 AND visitors BETWEEN 3 AND 4"
    for statement in (
        f"pattern {order} AS SELECT {values} FROM cells WHERE grain = 'day' "  # noqa: S608
        f"UNION ALL SELECT {values} FROM {waiting}",
        f"pattern_of_month {order} AS SELECT {values} FROM cells WHERE grain = 'month'",  # noqa: S608
        "pattern_of_hours ENGINE = MergeTree ORDER BY hour AS SELECT * FROM totals_hour",
    ):
        engine.writer.command(f"CREATE TABLE {statement}")


def _draw_month(engine: Engine) -> None:
    """Each cell of each day has the visitors of the pattern, give or take their square root; weekends have fewer."""
    engine.writer.command(
        f"""
        INSERT INTO cells (site, day, grain, dim_a, a, dim_b, b, {_COUNTERS})
        WITH
            cityHash64(dim_a, a, dim_b, b, at) AS chance,
            sqrt(-2 * log((chance % 65521 + 1) / 65522)) AS distance,
            distance * cos(6.2831853 * (intDiv(chance, 65521) % 65521 / 65521)) AS normal,
            visitors * if(toDayOfWeek(at) > 5, 0.7, 1) + sqrt(visitors) * normal AS drawn,
            toUInt64(greatest(0, round(drawn))) AS n,
            n / p.visitors AS ratio
        SELECT {{site:String}}, at, 'day', dim_a, a, dim_b, b, n, {_SCALED}
        FROM pattern AS p ARRAY JOIN arrayMap(number -> {{first:Date}} + number, range(31)) AS at
        WHERE p.visitors > 0 AND n >= 5
        {_SETTINGS}
        """,  # noqa: S608
        {"site": SITE.id, "first": _DRAWN},
    )


def _copy_month(engine: Engine, month: date) -> None:
    days = [day for n in range(31) if (day := month + timedelta(days=n)).month == month.month and day <= LAST]
    where = {"site": SITE.id, "month": month, "drawn": _DRAWN, "n": len(days), "days": days}
    if month != _DRAWN:
        engine.writer.command(
            "INSERT INTO cells SELECT * REPLACE ({month:Date} + toDayOfMonth(c.day) - 1 AS day) FROM cells AS c "  # noqa: S608
            "WHERE toStartOfMonth(c.day) = {drawn:Date} AND grain = 'day' AND toDayOfMonth(c.day) <= {n:UInt8} "
            f"{_SETTINGS}",
            where,
        )
    engine.writer.command(
        "INSERT INTO totals_hour SELECT * REPLACE (arrayJoin({days:Array(Date)}) AS day) FROM pattern_of_hours",
        where,
    )
    types = {"site": "String", "day": "Date"}
    engine.writer.insert("closed_days", types, {"site": [SITE.id] * len(days), "day": days}, token=f"{month}")
    if month < LAST.replace(day=1):
        engine.writer.command(
            f"INSERT INTO cells (site, day, grain, dim_a, a, dim_b, b, {_COUNTERS}) "  # noqa: S608
            f"SELECT {{site:String}}, {{month:Date}}, 'month', dim_a, a, dim_b, b, {_COUNTERS} FROM pattern_of_month "
            f"{_SETTINGS}",
            where,
        )
        mark = {"site": [SITE.id], "month": [month], "proven": [1]}
        engine.writer.insert("closed_months", {"site": "String", "month": "Date", "proven": "UInt8"}, mark, f"{month}")

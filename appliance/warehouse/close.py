"""Close a site-day in ClickHouse: keep what the fold keeps, turn readers over, delete the open cells, see them gone.

What the fold hides waits without its day for the end of the month, or is nowhere afterwards. Every step may be
repeated: an unmarked day is folded from the start again, a marked one is only moved and deleted. Call it when every
fact of the day is confirmed.
"""

from collections.abc import Collection
from datetime import date
from importlib.resources import files

from appliance.warehouse.carry import CarriedDay
from appliance.warehouse.client import WriteClient
from appliance.warehouse.closed_cells import ClosedCells, folded_batches
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.day import Rules, fold_day
from appliance.warehouse.open_cells import OpenCells
from appliance.warehouse.partitions import drop_partition, partition_of
from appliance.warehouse.running_cells import delete_running, partition_of_running


def close_day(
    client: WriteClient, closed_days: ClosedDays, site: str, day: date, rules: Rules
) -> dict[str, int | str | bool]:
    """Close one day: `keep_day` and `forget_days`.

    Args:
        rules: by which the day is folded.

    Returns:
        What was done, for the evidence log: `cells` now in the closed table, `cells_dropped` of the open one and the
        `partition` that held them, `parts_left` with any of them (always 0), `already_closed` if an earlier attempt had
        marked the day.

    Raises:
        UnavailableError: not done; call it again.
    """
    report = keep_day(client, closed_days, site, day, rules)
    forget_days(client, [(site, day)])
    return report


def keep_day(
    client: WriteClient, closed_days: ClosedDays, site: str, day: date, rules: Rules
) -> dict[str, int | str | bool]:
    """Everything but the deletion of the open cells, which nobody reads any more; the report is true after that.

    Raises as `close_day`.
    """
    where: dict[str, object] = {"site": site, "day": day}
    already_closed = closed_days.refresh(site, day)
    if not already_closed:
        _fold(client, site, day, rules)
        closed_days.mark(site, day)
    left = CarriedDay(client, site, day)
    if closed_days.refresh_month(site, day.replace(day=1)):
        left.forget()  # too late: the numbers of that month stand
    else:
        left.move()
    return {
        "cells": ClosedCells(client, site, day).count(),
        "cells_dropped": _count(client, "count_open_cells", where),
        "partition": partition_of_running(day),
        "parts_left": 0,
        "already_closed": already_closed,
    }


def forget_days(client: WriteClient, days: Collection[tuple[str, date]]) -> None:
    """Delete the open cells of closed days, by site, and see that no part holds any. Raises UnavailableError."""
    for site, day in days:
        drop_partition(client, "cells_open", partition_of(client, day, site))
    for day in sorted({day for _, day in days}):
        delete_running(client, day, [site for site, its_day in days if its_day == day])


def discard_day(client: WriteClient, site: str, day: date) -> None:
    """Take a day back that is not closed: its cells and its totals. Outcomes stay. Raises UnavailableError."""
    where: dict[str, object] = {"site": site, "day": day}
    CarriedDay(client, site, day).forget()
    ClosedCells(client, site, day).forget()
    forget_days(client, [(site, day)])
    client.command(_sql("delete_totals"), where)


def count_totals(client: WriteClient, site: str, day: date) -> int:
    """Rows of totals of a day; raises UnavailableError."""
    return _count(client, "count_totals", {"site": site, "day": day})


def _fold(client: WriteClient, site: str, day: date, rules: Rules) -> None:
    kept, left = ClosedCells(client, site, day), CarriedDay(client, site, day)
    kept.forget()
    left.forget()
    cells = OpenCells(client, site, day)
    for batch in folded_batches(fold_day(cells.totals(), cells.tables, cells.read, rules, carries=True)):
        left.write(batch)
        kept.write(batch)
    kept.verify()
    left.verify()


def _count(client: WriteClient, name: str, parameters: dict[str, object]) -> int:
    return int(client.query(_sql(name), parameters).rows[0][0])


def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"close.{name}.sql").read_text(encoding="utf-8")

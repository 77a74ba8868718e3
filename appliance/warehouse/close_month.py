"""Close a month of a site in ClickHouse: show what its days hid and its sums may show, then see the rest gone.

Every step may be repeated: a month that is not marked is folded from the start again, a marked one is only dropped.
Call it when all days of the month are closed, from the thread that closes days.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from appliance.warehouse.carry import CarriedMonth
from appliance.warehouse.client import Columns, WriteClient
from appliance.warehouse.closed_cells import ClosedCells, folded_batches
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.fold.month import fold_month
from appliance.warehouse.partitions import drop_partition, partition_of

_PROOF_TYPES = {"site": "String", "month": "Date", "proven": "UInt8"}


def months_waiting(client: WriteClient) -> Sequence[tuple[str, date]]:
    """Sites and months, running ones included, that a close has something to do for; raises UnavailableError."""
    return [(str(site), month) for site, month in client.query(_sql("waiting")).rows]


def has_unclosed_days(client: WriteClient, site: str, month: date) -> bool:
    """Whether ClickHouse knows of a day of the month that is not closed to the end; raises UnavailableError."""
    return _count(client, "unclosed_days", site, month) > 0


def close_month(
    client: WriteClient, closed_days: ClosedDays, site: str, month: date, k: int
) -> dict[str, int | str | bool]:
    """Close one month.

    Args:
        month: its first day.
        k: least number of visitors, counted once a day, of what is shown.

    Returns:
        What was done, for the evidence log: `cells` of the month that are shown, `carry_dropped` rows that waited for
        it, their `partition`, `parts_left` of it (always 0), `already_closed` if an earlier attempt had marked it.

    Raises:
        UnavailableError: not done; call it again.
    """
    already_closed = closed_days.refresh_month(site, month)
    if not already_closed:
        _fold(client, site, month, k)
        closed_days.mark_month(site, month)
    dropped = _count(client, "count_carried", site, month)
    partition = partition_of(client, month, site)
    drop_partition(client, "carry", partition)
    return {
        "cells": ClosedCells(client, site, month, "month").count(),
        "carry_dropped": dropped,
        "partition": partition,
        "parts_left": 0,
        "already_closed": already_closed,
    }


def note_proven(client: WriteClient, site: str, month: date) -> None:
    """Note that the evidence log says that the month is closed; raises UnavailableError."""
    row: Columns = {"site": [site], "month": [month], "proven": [1]}
    client.insert("closed_months", _PROOF_TYPES, row, token=f"{site}|{month}|proven")


def _fold(client: WriteClient, site: str, month: date, k: int) -> None:
    kept = ClosedCells(client, site, month, "month")
    kept.forget()
    waiting = CarriedMonth(client, site, month, k)
    for batch in folded_batches(fold_month(waiting.tables, waiting.read, k)):
        kept.write(batch)
    kept.verify()


def _count(client: WriteClient, name: str, site: str, month: date) -> int:
    return int(client.query(_sql(name), {"site": site, "month": month}).rows[0][0])


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"close_month.{name}.sql").read_text(encoding="utf-8")

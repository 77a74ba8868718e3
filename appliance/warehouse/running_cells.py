"""Rows of closed days leave `cells_running`, where all sites share the partition of a day, and the disk.

The parts of the day are written anew without them, and it is seen that no replaced part is left. Where no other site
has rows, the partition is dropped, which is done at once. An import or a flush may bring rows of other sites at any
moment, so inserts wait meanwhile; those of a server may go on after they seemed to fail: nothing is dropped there.
"""

import time
from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from appliance.errors import UnavailableError
from appliance.warehouse.client import WriteClient
from appliance.warehouse.partitions import tidy_up

_VANISH_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.05


def partition_of_running(day: date) -> str:
    """How the engine names the partition of a day."""
    return f"{day:%Y%m%d}"


def delete_running(client: WriteClient, day: date, sites: Sequence[str]) -> None:
    """Delete the rows of some sites; repeated, it only looks.

    One rewriting for all of them: each costs as much as the rows of the other sites.

    Raises:
        UnavailableError: something is left; call it again.
    """
    where: dict[str, object] = {"day": day, "sites": list(sites), "partition": partition_of_running(day)}
    if not _drop_if_alone(client, where) and _count(client, "count", where):
        client.command(_sql("delete"), where)
    deadline = time.monotonic() + _VANISH_SECONDS
    while _count(client, "replaced_parts", where):
        if time.monotonic() > deadline:
            raise UnavailableError("ClickHouse still holds parts of a day that were replaced; it will be tried again")
        tidy_up(client, "cells_running")
        time.sleep(_LOOK_AGAIN_SECONDS)
    if _count(client, "count", where):
        raise UnavailableError("ClickHouse still holds rows of a day that had to go; they will be deleted again")


def _drop_if_alone(client: WriteClient, where: dict[str, object]) -> bool:
    if not client.is_embedded:
        return False
    with client.no_inserts():
        if _count(client, "count_others", where):
            return False
        client.command("ALTER TABLE cells_running DROP PARTITION ID {partition:String}", where)
        return True


def _count(client: WriteClient, name: str, where: dict[str, object]) -> int:
    return int(client.query(_sql(name), where).rows[0][0])


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"running_cells.{name}.sql").read_text(encoding="utf-8")

"""Partitions of one site and date: how the engine names them, and how they leave without a trace."""

import time
from datetime import date
from functools import cache
from importlib.resources import files

from appliance.errors import UnavailableError
from appliance.warehouse.client import WriteClient

_VANISH_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.05
_NO_PARTITION = "190001"


def partition_of(client: WriteClient, day: date, site: str) -> str:
    """Name of a partition by (date, site); raises UnavailableError."""
    answer = client.query("SELECT partitionId({day:Date}, {site:String})", {"day": day, "site": site})
    return str(answer.rows[0][0])


def drop_partition(client: WriteClient, table: str, partition: str) -> None:
    """Drop until system.parts knows no part, active or not.

    A part that somebody is reading stays until its reader is done, and then for most of a minute until the engine
    tidies up by itself; every DROP tidies up at once.

    Raises:
        UnavailableError: something is left; call it again.
    """
    where = {"table": table, "partition": partition}
    deadline = time.monotonic() + _VANISH_SECONDS
    while True:
        client.command("ALTER TABLE {table:Identifier} DROP PARTITION ID {partition:String}", where)
        if not int(client.query(_sql("count_parts"), where).rows[0][0]):
            return
        if time.monotonic() > deadline:
            raise UnavailableError(
                f"ClickHouse still holds parts of {table} that had to go; they will be dropped again"
            )
        time.sleep(_LOOK_AGAIN_SECONDS)


def tidy_up(client: WriteClient, table: str) -> None:
    """Have the engine remove what was replaced or dropped; it does so at every DROP, here of nothing."""
    client.command(
        "ALTER TABLE {table:Identifier} DROP PARTITION ID {partition:String}",
        {"table": table, "partition": _NO_PARTITION},
    )


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"partitions.{name}.sql").read_text(encoding="utf-8")

"""Delete rows that are older than a limit, and see that no part holds them any more: active, inactive or detached.

Whole partitions are dropped; what is left is deleted by rewriting the parts of its partition. Both may be repeated, so
a crash anywhere is repaired by the next run. Call it from the thread of the writer and the close.
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any, NamedTuple

from appliance.errors import UnavailableError
from appliance.warehouse.client import WriteClient
from appliance.warehouse.partitions import tidy_up

_VANISH_SECONDS = 30.0
_LOOK_AGAIN_SECONDS = 0.05


class Stock(NamedTuple):
    """Rows of one kind in one table; a table may hold several kinds, told apart by their grain."""

    table: str
    column: str = "day"
    grain: str = ""


STOCKS: Mapping[str, tuple[Stock, ...]] = {
    "hour_totals": (Stock("totals_hour"),),
    # Marks of closed days go after the cells that they make readable.
    "day_cells": (Stock("cells", grain="day"), Stock("cells_running"), Stock("cells_open"), Stock("closed_days")),
    "month_cells": (Stock("cells", grain="month"), Stock("closed_months", column="month")),
    "carry": (Stock("carry", column="month"), Stock("carry_open")),
    "outcomes": (Stock("outcomes"),),
}
"""Which rows belong to each kind of `[retention]`. """

UNDATED = frozenset({"schema_migrations"})
"""Tables without any number of a site."""


class Rule(NamedTuple):
    """For one kind of data: what is older than `cutoff` goes, of the listed sites or of all others."""

    kind: str
    cutoff: date
    sites: tuple[str, ...]
    listed: bool


class TableReport(NamedTuple):
    """One table before or after; for the evidence log."""

    rows: int
    oldest: str
    """Oldest day, ISO 8601; "" if there is no row."""
    expired: int


def look(client: WriteClient, rules: Sequence[Rule]) -> dict[str, TableReport]:
    """What every table holds, and how much of it is older than its limit. Changes nothing.

    Raises:
        UnavailableError: ClickHouse is away.
    """
    return {table: _report(client, stocks, rules) for table, stocks in _stocks_by_table(client).items()}


def expired_by_kind(client: WriteClient, rule: Rule) -> int:
    """Rows that a rule says have to go; raises UnavailableError."""
    present = set(_tables(client))
    return sum(sum(_expired(client, stock, rule).values()) for stock in STOCKS[rule.kind] if stock.table in present)


def delete_expired(client: WriteClient, rules: Sequence[Rule]) -> dict[str, dict[str, int]]:
    """Delete what the rules say, and verify.

    Returns:
        By table with anything to do: `partitions_dropped`, `partitions_rewritten`, `detached_dropped`.

    Raises:
        UnavailableError: not all of it is gone; call it again.
    """
    done = {}
    for table, stocks in _stocks_by_table(client).items():
        ours = [(stock, rule) for stock in stocks for rule in rules if stock in STOCKS[rule.kind]]
        dropped, rewritten = _delete_rows(client, table, ours)
        detached = _drop_detached(client, table, [rule for _, rule in ours])
        if dropped or rewritten or detached:
            done[table] = {
                "partitions_dropped": dropped,
                "partitions_rewritten": rewritten,
                "detached_dropped": detached,
            }
        _verify(client, table, ours)
    return done


def _delete_rows(client: WriteClient, table: str, ours: Iterable[tuple[Stock, Rule]]) -> tuple[int, int]:
    found = [(stock, rule, _expired(client, stock, rule)) for stock, rule in ours]
    expired: dict[str, int] = {}
    for _, _, by_partition in found:
        for partition, rows in by_partition.items():
            expired[partition] = expired.get(partition, 0) + rows
    held = {str(partition): int(rows) for partition, rows in _ask(client, "partitions", {"table": table})}
    whole = [partition for partition, rows in expired.items() if rows == held.get(partition)]
    for partition in whole:
        _drop_partition(client, table, partition)
    for stock, rule, by_partition in found:
        for partition in by_partition.keys() - set(whole):
            _rewrite_partition(client, stock, rule, partition)
    return len(whole), len(expired) - len(whole)


def _drop_detached(client: WriteClient, table: str, rules: Sequence[Rule]) -> int:
    """Nobody reads detached parts and nothing can be deleted within them: they go as a whole."""
    names = _detached(client, table, rules)
    for name in names:
        client.command(
            "ALTER TABLE {table:Identifier} DROP DETACHED PART {name:String} SETTINGS allow_drop_detached = 1",
            {"table": table, "name": name},
        )
    return len(names)


def _verify(client: WriteClient, table: str, ours: Sequence[tuple[Stock, Rule]]) -> None:
    """A part that somebody is reading stays until its reader is done; every DROP tidies up at once."""
    strictest = max((rule.cutoff for _, rule in ours), default=date.min)
    deadline = time.monotonic() + _VANISH_SECONDS
    while _ask(client, "inactive_parts", {"table": table, "cutoff": strictest})[0][0]:
        if time.monotonic() > deadline:
            raise UnavailableError(f"ClickHouse still holds replaced parts of {table} with days that had to go")
        time.sleep(_LOOK_AGAIN_SECONDS)
        tidy_up(client, table)
    if any(_expired(client, stock, rule) for stock, rule in ours):
        raise UnavailableError(f"ClickHouse still holds rows of {table} that had to go")
    if _detached(client, table, [rule for _, rule in ours]):
        raise UnavailableError(f"ClickHouse still holds detached parts of {table} that had to go")


def _drop_partition(client: WriteClient, table: str, partition: str) -> None:
    client.command(
        "ALTER TABLE {table:Identifier} DROP PARTITION ID {partition:String}",
        {"table": table, "partition": partition},
    )


def _rewrite_partition(client: WriteClient, stock: Stock, rule: Rule, partition: str) -> None:
    name = "delete_of_grain" if stock.grain else "delete"
    client.command(_sql(name), _where(stock, rule) | {"partition": partition})


def _detached(client: WriteClient, table: str, rules: Sequence[Rule]) -> list[str]:
    strictest = max((rule.cutoff for rule in rules), default=date.min)
    where = {"table": table, "cutoff": strictest, "month": f"{strictest:%Y%m}"}
    return [str(row[0]) for row in _ask(client, "detached_parts", where)]


def _expired(client: WriteClient, stock: Stock, rule: Rule) -> dict[str, int]:
    name = "expired_of_grain" if stock.grain else "expired"
    return {str(partition): int(rows) for partition, rows in _ask(client, name, _where(stock, rule))}


def _where(stock: Stock, rule: Rule) -> dict[str, Any]:
    where: dict[str, Any] = {
        "table": stock.table,
        "column": stock.column,
        "cutoff": rule.cutoff,
        "sites": list(rule.sites),
        "listed": rule.listed,
    }
    return where | ({"grain": stock.grain} if stock.grain else {})


def _report(client: WriteClient, stocks: Sequence[Stock], rules: Sequence[Rule]) -> TableReport:
    ((rows, oldest),) = _ask(client, "state", {"table": stocks[0].table, "column": stocks[0].column})
    expired = sum(
        sum(_expired(client, stock, rule).values()) for stock in stocks for rule in rules if stock in STOCKS[rule.kind]
    )
    return TableReport(int(rows), oldest.isoformat() if rows else "", expired)


def _stocks_by_table(client: WriteClient) -> dict[str, list[Stock]]:
    present = set(_tables(client))
    found: dict[str, list[Stock]] = {}
    for stocks in STOCKS.values():
        for stock in stocks:
            if stock.table in present:
                found.setdefault(stock.table, []).append(stock)
    return found


def _tables(client: WriteClient) -> list[str]:
    return [str(row[0]) for row in _ask(client, "tables", {})]


def _ask(client: WriteClient, name: str, parameters: Mapping[str, Any]) -> Sequence[tuple[Any, ...]]:
    return client.query(_sql(name), parameters).rows


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"retention.{name}.sql").read_text(encoding="utf-8")

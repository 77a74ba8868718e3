"""What closed days leave for their month: written by the fold of a day, added to the month once, read by its close.

`carry_open` holds what one day leaves until the day is marked as closed; a fold that is repeated starts it again. Then
its rows go to `carry` under tokens that count once, and the partition of the day is dropped. `carry` knows no day.
"""

from collections.abc import Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import pairwise
from typing import Any

import numpy as np

from appliance.dimensions import TRAITS, Dimension
from appliance.errors import UnavailableError
from appliance.warehouse.client import WriteClient
from appliance.warehouse.columns import CARRIED_TYPES, carried_columns
from appliance.warehouse.fold.carried import Carried
from appliance.warehouse.fold.cells import COUNTERS, adds_up
from appliance.warehouse.fold.day import Folded, TableName, in_order
from appliance.warehouse.partitions import drop_partition, partition_of
from appliance.warehouse.table_batches import number_of, table_batches

_KNOWN = frozenset(Dimension)
_WHOLE = [int(dimension) for dimension in TRAITS if not adds_up(dimension)]


class CarriedDay:
    """What one day leaves. Every method raises UnavailableError and may be called again."""

    def __init__(self, client: WriteClient, site: str, day: date) -> None:
        self._client = client
        self._site, self._day = site, day
        self._where: dict[str, object] = {"site": site, "day": day}
        self._written = 0

    def forget(self) -> None:
        """Drop it, and see it gone."""
        drop_partition(self._client, "carry_open", partition_of(self._client, self._day, self._site))
        self._written = 0

    def write(self, batch: Sequence[Folded]) -> None:
        """Add what some folded tables leave."""
        rows = carried_columns(batch, self._site, self._day)
        if rows["a"]:
            token = f"{self._site}|{self._day}|{self._written}"
            self._client.insert("carry_open", CARRIED_TYPES, rows, token=token)
            self._written += len(rows["a"])

    def verify(self) -> None:
        """See that every row was kept."""
        if int(self._client.query(_sql("count"), self._where).rows[0][0]) != self._written:
            raise UnavailableError(
                "ClickHouse did not keep all that a day leaves for its month; it will be tried again"
            )

    def move(self) -> None:
        """Add it to its month, once however often this is called, and drop it. The day must be marked as closed."""
        sizes = _sizes(self._client, "sizes_of_day", self._where)
        for number, tables in enumerate(table_batches(sizes, in_order(sizes))):
            where = {**self._where, "tables": [number_of(table) for table in tables]}
            self._client.command(_sql("move"), where, token=f"{self._site}|{self._day}|{number}")
        if sizes:  # merged, no part tells of one day any more
            partition = partition_of(self._client, self._day.replace(day=1), self._site)
            self._client.command("OPTIMIZE TABLE carry PARTITION ID {partition:String} FINAL", {"partition": partition})
        self.forget()


class CarriedMonth:
    """What waits for the end of one month. Ask for tables in the order of `tables`; each is given once."""

    def __init__(self, client: WriteClient, site: str, month: date, k: int) -> None:
        """See which tables there are; raises UnavailableError."""
        self._client = client
        self._where: dict[str, object] = {"site": site, "month": month}
        self._k = k
        sizes = _sizes(client, "sizes_of_month", self._where)
        self.tables: list[TableName] = in_order(sizes)
        self._batches = table_batches(sizes, self.tables)
        self._read: dict[TableName, Carried] = {}

    def read(self, table: TableName) -> Carried:
        """What is carried of one table, without cells that change nothing in the fold. Raises UnavailableError."""
        if table not in self._read:
            self._read = self._fetch(next(self._batches))
        return self._read.pop(table)

    def _fetch(self, tables: Sequence[TableName]) -> dict[TableName, Carried]:
        where = {**self._where, "k": self._k, "whole": _WHOLE, "tables": [number_of(table) for table in tables]}
        columns = self._client.query_columns(_sql("read"), where) or [[] for _ in range(6 + len(COUNTERS))]
        number = _numbers(columns[0])
        role, hidden, days = (_numbers(column) for column in columns[1:4])
        counters = np.column_stack([_numbers(column) for column in columns[6:]])
        every = Carried(role, hidden, days, columns[4], columns[5], counters)
        borders = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(number)] if len(number) else [0]
        found = {int(number[first]): every.part(np.arange(first, end)) for first, end in pairwise(borders)}
        nothing = every.part(np.arange(0))
        return {table: found.get(number_of(table), nothing) for table in tables}


def _numbers(column: Sequence[Any]) -> Any:
    return np.array(column, dtype=np.int64)


def _sizes(client: WriteClient, name: str, where: dict[str, object]) -> dict[TableName, int]:
    rows = client.query(_sql(name), where).rows
    return {(Dimension(a), Dimension(b)): int(size) for a, b, size in rows if a in _KNOWN and b in _KNOWN}


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"carry.{name}.sql").read_text(encoding="utf-8")

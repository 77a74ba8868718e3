"""Tables of running days, as they are now: few statements for a question, because each costs 6 ms of processor time."""

from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import Any, Protocol

import numpy as np

from appliance.stats.days import Days
from appliance.warehouse.fold.cells import Pairs, empty
from appliance.warehouse.fold.day import TableName
from appliance.warehouse.table_batches import number_of

_VISITS_AT_ONCE = 20_000
"""Of days with more, each table is read alone: together they would need too much memory."""
_NO_PAIRS = Pairs([], [], empty())
_N_KEYS = 4


class ColumnReader(Protocol):
    """`appliance.warehouse.client.Reader`."""

    def query_columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """Raises UnavailableError."""


class OpenTables:
    """Reads tables of the open days of one range for one question. Use it inside `ClosedDays.reading()`."""

    def __init__(self, reader: ColumnReader, site: str, days: Days, tables: Sequence[TableName]) -> None:
        """`tables`: all that will be asked for, so that they can be read together."""
        self._reader = reader
        self._site = site
        self._days = sorted(days.open)
        self._tables = list(dict.fromkeys(tables))
        self._read_together = sum(days.totals[day].visits for day in self._days) <= _VISITS_AT_ONCE
        self._there: set[TableName] = set()
        self._found: dict[tuple[date, int], Pairs] = {}

    def cells(self, day: date, table: TableName) -> Pairs:
        """Cells of one open day; of single ones `b` is empty. Raises UnavailableError."""
        if table not in self._there:
            together = self._tables if self._read_together and table in self._tables else [table]
            self._found |= self._read(together)
            self._there |= set(together)
        return self._found.get((day, number_of(table)), _NO_PAIRS)

    def _read(self, tables: Sequence[TableName]) -> dict[tuple[date, int], Pairs]:
        numbers = [number_of(name) for name in tables]
        where = {"site": self._site, "days": self._days, "tables": numbers}
        columns = self._reader.query_columns(_sql(), where | {"dimensions": sorted({int(a) for a, _ in tables})})
        if not columns:
            return {}
        days, tables_found, a, b = columns[:_N_KEYS]
        counters = np.array(columns[_N_KEYS:], dtype=np.int64).T
        found, first = {}, 0
        for key, rows in groupby(zip(days, tables_found, strict=True)):
            end = first + sum(1 for _ in rows)
            found[key] = Pairs(a[first:end], b[first:end], counters[first:end])
            first = end
        return found


@cache
def _sql() -> str:
    return (files("appliance.stats") / "sql/open_reads.tables.sql").read_text(encoding="utf-8")

"""Reads the cells of one open day for the fold, some tables at a time, so that memory stays small and questions few."""

from collections.abc import Sequence
from datetime import date
from importlib.resources import files
from itertools import pairwise

import numpy as np

from appliance.dimensions import Dimension
from appliance.warehouse.client import WriteClient
from appliance.warehouse.fold.cells import COUNTERS, Numbers, Pairs
from appliance.warehouse.fold.day import TableName, in_order
from appliance.warehouse.table_batches import number_of, table_batches

_KNOWN = frozenset(Dimension)


class OpenCells:
    """Tables of one site-day. Ask for them in the order of `tables`; each is given once."""

    def __init__(self, client: WriteClient, site: str, day: date) -> None:
        """See which tables there are; raises UnavailableError."""
        self._client = client
        self._where: dict[str, object] = {"site": site, "day": day}
        rows = client.query(_sql("list_tables"), self._where).rows
        sizes = {(Dimension(a), Dimension(b)): int(size) for a, b, size in rows if a in _KNOWN and b in _KNOWN}
        self.tables: list[TableName] = in_order(sizes)
        self._batches = table_batches(sizes, self.tables)
        self._read: dict[TableName, Pairs] = {}

    def totals(self) -> Numbers:
        """Totals of the day as one row of counters; raises UnavailableError."""
        return np.array(self._client.query(_sql("day_totals"), self._where).rows[0], dtype=np.int64)

    def read(self, table: TableName) -> Pairs:
        """The merged cells of one table, sorted by their values; raises UnavailableError."""
        if table not in self._read:
            self._read = self._fetch(next(self._batches))
        return self._read.pop(table)

    def _fetch(self, tables: Sequence[TableName]) -> dict[TableName, Pairs]:
        numbers = [number_of(table) for table in tables]
        columns = self._client.query_columns(_sql("read_cells"), {**self._where, "tables": numbers})
        number, a, b = np.array(columns[0], dtype=np.int64), columns[1], columns[2]
        counters = np.empty((len(number), len(COUNTERS)), dtype=np.int64)
        for position, column in enumerate(columns[3:]):
            counters[:, position] = column
        borders = [0, *(np.flatnonzero(np.diff(number)) + 1).tolist(), len(number)]
        found = {
            divmod(int(number[first]), 256): Pairs(a[first:end], b[first:end], counters[first:end])
            for first, end in pairwise(borders)
        }
        return {table: found[table] for table in tables}


def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"open_cells.{name}.sql").read_text(encoding="utf-8")

"""Somebody who has every published answer of a day and works out, table by table, what is hidden in it.

He knows totals, shown single cells and shown pairs; that the pairs of a value add up to its single cell; that the
pairs of a version are part of the pair of its family; that nothing is negative. For each hidden cell he asks a
linear-programming solver for the least and the greatest number of visits (events) it can have.
"""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from appliance.dimensions import Dimension
from appliance.warehouse.fold.cells import EVENTS, adds_up, measure
from appliance.warehouse.fold.day import TableName
from appliance.warehouse.fold.parents import PARENT
from tests.kit.day_cells import NONE, Cell, DayCells

REST = "\0rest"
"""Every value that is not shown by itself."""


class Bounds(NamedTuple):
    """What the attacker finds out about one hidden cell."""

    cell: Cell
    least: int
    greatest: int
    truth: int

    @property
    def is_exact(self) -> bool:
        return self.least == self.greatest


def bounds_of_hidden_cells(
    day: DayCells, table: TableName, shown: Mapping[Cell, Mapping[str, int]], k: int
) -> Iterator[Bounds]:
    """Bounds of every hidden cell of a table that has 1 to k - 1 visitors and two shown values."""
    a, b = table
    name = ("visits", "events")[measure(a, b) == EVENTS]
    knowledge = _Knowledge(day, table, shown, name)
    for cell, row in sorted(day.cells.items()):
        if (cell[0], cell[2]) != table or not 0 < row[0] < k or cell in shown:
            continue
        if cell[1] in knowledge.rows and cell[3] in knowledge.columns:
            least, greatest = knowledge.bounds(cell[1], cell[3])
            yield Bounds(cell, least, greatest, row[measure(a, b)])


class _Knowledge:
    def __init__(self, day: DayCells, table: TableName, shown: Mapping[Cell, Mapping[str, int]], name: str) -> None:
        a, b = table
        by = measure(a, b)
        self.rows = self._margins(day, a, shown, by)
        self.columns = self._margins(day, b, shown, by)
        published = {(c[1], c[3]): row[name] for c, row in shown.items() if (c[0], c[2]) == table}
        self.unknown = [(i, j) for i in self.rows for j in self.columns if (i, j) not in published]
        self.number = {pair: number for number, pair in enumerate(self.unknown)}
        groups = [({(i, j) for j in self.columns}, margin) for i, margin in self.rows.items() if adds_up(b)]
        groups += [({(i, j) for i in self.rows}, margin) for j, margin in self.columns.items() if adds_up(a)]
        groups += self._families(table, shown, name)
        known = [(cells, margin - sum(published.get(cell, 0) for cell in cells)) for cells, margin in groups]
        entries = [
            (number, self.number[cell]) for number, (cells, _) in enumerate(known) for cell in cells & set(self.unknown)
        ]
        shape = (len(known), len(self.unknown))
        self.matrix = csr_array((np.ones(len(entries)), tuple(zip(*entries, strict=True)) or ([], [])), shape=shape)
        self.sums = np.array([rest for _, rest in known], dtype=float)

    def _margins(
        self, day: DayCells, dimension: Dimension, shown: Mapping[Cell, Mapping[str, int]], by: int
    ) -> dict[str, int]:
        """Single cells that are shown, before side counters were dropped (he may know them), and the rest."""
        margins = {
            c[1]: row[("visits", "events")[by == EVENTS]] if c[1] == "" else day.cells[c][by]
            for c, row in shown.items()
            if c[0] is dimension and c[2] is NONE
        }
        return margins | {REST: int(day.totals[by]) - sum(margins.values())}

    def _families(
        self, table: TableName, shown: Mapping[Cell, Mapping[str, int]], name: str
    ) -> list[tuple[set[tuple[str, str]], int]]:
        """Pairs of a family, which the pairs of its versions add up to if all versions are shown."""
        a, b = table
        if b not in PARENT or self.columns[REST]:
            return []
        return [
            ({(cell[1], version) for version in self.columns if version.rpartition(" ")[0] == cell[3]}, row[name])
            for cell, row in shown.items()
            if (cell[0], cell[2]) == (a, PARENT[b]) and cell[1] in self.rows
        ]

    def bounds(self, a: str, b: str) -> tuple[int, int]:
        cost = np.zeros(len(self.unknown))
        cost[self.number[a, b]] = 1
        least, greatest = (
            linprog(sign * cost, A_eq=self.matrix, b_eq=self.sums, bounds=(0, None), method="highs") for sign in (1, -1)
        )
        assert least.status == 0, (least.message, self.sums)
        if greatest.status != 0:
            return round(least.fun), 10**9  # no bound
        return round(least.fun), -round(greatest.fun)

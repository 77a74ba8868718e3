"""Somebody who has every published answer of the days of a month and of the month, and works out what is hidden.

As `attack`, with all days at once: each hidden cell of each day is an unknown number of visits. He knows the singles
and totals of each day, which pairs each day shows, and what the month shows of what its days hide.
"""

from collections.abc import Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array

from appliance.warehouse.fold.carried import LEAST_TO_CARRY
from appliance.warehouse.fold.cells import COUNTERS, VISITORS, VISITS
from appliance.warehouse.fold.day import TableName
from tests.kit.day_cells import NONE, Cell
from tests.kit.month_cells import MonthCells

_NAME = COUNTERS[VISITS]
_REST = "\0rest"
_NO_ROW = [0] * len(COUNTERS)

_Unknown = tuple[int, str, str]
"""Day and the two values."""


class MonthBounds(NamedTuple):
    """What he finds out about one hidden number."""

    cell: Cell
    day: int | None
    """None: about all days on which the cell is hidden."""
    least: int
    greatest: int

    @property
    def is_exact(self) -> bool:
        return self.least == self.greatest


def bounds_of_small_numbers(month: MonthCells, table: TableName) -> Iterator[MonthBounds]:
    """Bounds of every hidden cell of a day with 1 to k - 1 visitors, and of every such sum over the days."""
    knowledge = _Knowledge(month, table)
    hidden: set[Cell] = set()
    for number, day in enumerate(month.days):
        for cell, row in sorted(day.cells.items()):
            if (cell[0], cell[2]) != table or cell in month.shown_by_day[number]:
                continue
            hidden.add(cell)
            if 0 < row[0] < month.k and knowledge.knows_values(number, cell):
                yield MonthBounds(cell, number, *knowledge.bounds([(number, cell[1], cell[3])]))
    for cell in sorted(hidden - month.shown.keys()):
        unknown = [(n, cell[1], cell[3]) for n in range(len(month.days)) if knowledge.knows_values(n, cell)]
        visitors = sum(month.days[n].cells.get(cell, _NO_ROW)[VISITORS] for n, *_ in unknown)
        if 0 < visitors < month.k:
            yield MonthBounds(cell, None, *knowledge.bounds(unknown))


class _Knowledge:
    def __init__(self, month: MonthCells, table: TableName) -> None:
        self._month, self._table = month, table
        self._sides = [[self._margins(day, side) for side in (0, 1)] for day in range(len(month.days))]
        self.unknown: list[_Unknown] = [
            (day, i, j)
            for day, (rows, columns) in enumerate(self._sides)
            for i in [*rows, *self._months_values(day, 0), _REST]
            for j in [*columns, *self._months_values(day, 1), _REST]
            if (table[0], i, table[1], j) not in month.shown_by_day[day]
        ]
        self._number = {one: position for position, one in enumerate(self.unknown)}
        known = [*self._of_days(), *self._of_month()]
        entries = [(n, self._number[one]) for n, (parts, _) in enumerate(known) for one in parts]
        self._matrix = csr_array(
            (np.ones(len(entries)), tuple(zip(*entries, strict=True))), shape=(len(known), len(self.unknown))
        )
        self._sums = np.array([rest for _, rest in known], dtype=float)

    def knows_values(self, day: int, cell: Cell) -> bool:
        return (day, cell[1], cell[3]) in self._number

    def bounds(self, wanted: list[_Unknown]) -> tuple[int, int]:
        cost = np.zeros(len(self.unknown))
        cost[[self._number[one] for one in wanted]] = 1
        least, greatest = (
            linprog(sign * cost, A_eq=self._matrix, b_eq=self._sums, bounds=(0, None), method="highs")
            for sign in (1, -1)
        )
        assert least.status == 0, (least.message, self._sums)
        return round(least.fun), -round(greatest.fun) if greatest.status == 0 else 10**9

    def _margins(self, day: int, side: int) -> dict[str, int]:
        """Shown values of one attribute on a day."""
        cells, dimension = self._month.days[day].cells, self._table[side]
        return {
            cell[1]: row[_NAME] if cell[1] == "" else cells[cell][VISITS]
            for cell, row in self._month.shown_by_day[day].items()
            if cell[0] is dimension and cell[2] is NONE
        }

    def _months_values(self, day: int, side: int) -> list[str]:
        """Values that the month shows and this day hides, if it had enough visitors to leave them to the month."""
        shown = {cell[1] for cell in self._month.shown if cell[0] is self._table[side] and cell[2] is NONE}
        visitors = self._visitors(day, side)
        hidden = shown - self._sides[day][side].keys()
        return sorted(value for value in hidden if visitors.get(value, 0) >= LEAST_TO_CARRY)

    def _visitors(self, day: int, side: int) -> dict[str, int]:
        cells, totals = self._month.days[day].cells, self._month.days[day].totals
        known = {c[1]: row[VISITORS] for c, row in cells.items() if c[0] is self._table[side] and c[2] is NONE}
        return known | {"": max(0, int(totals[VISITORS]) - sum(known.values()))}

    def _days_of(self, cell: Cell, row: Mapping[str, int]) -> list[_Unknown]:
        """The days that a shown pair of the month adds up: all on which the same of its values were hidden, or none of
        these. The attacker is told which, though nobody would tell him.
        """
        parts: dict[tuple[bool, bool], list[_Unknown]] = {}
        for one in self.unknown:
            if one[1:] == (cell[1], cell[3]) and self._is_left(one):
                rows, columns = self._sides[one[0]]
                parts.setdefault((one[1] in rows, one[2] in columns), []).append(one)
        for size in range(1, len(parts) + 1):
            for chosen in combinations(parts.values(), size):
                days = [one for part in chosen for one in part]
                if sum(self._month.days[one[0]].cells.get(cell, _NO_ROW)[VISITS] for one in days) == row[_NAME]:
                    return days
        raise AssertionError(f"the month shows {row[_NAME]} visits of {cell}, which no days hide")

    def _is_left(self, one: _Unknown) -> bool:
        """Pairs with "no value" are left to the month by days that show "no value" only."""
        rows, columns = self._sides[one[0]]
        return all(value or value in shown for value, shown in ((one[1], rows), (one[2], columns)))

    def _of_days(self) -> Iterator[tuple[list[_Unknown], int]]:
        a, b = self._table
        for day, (rows, columns) in enumerate(self._sides):
            total = int(self._month.days[day].totals[VISITS])
            shown = self._month.shown_by_day[day]
            for margins, side in ((rows, 1), (columns, 2)):
                for value, margin in margins.items():
                    pairs = [c for c in shown if (c[0], c[2]) == (a, b) and c[2 * side - 1] == value]
                    parts = [one for one in self.unknown if one[0] == day and one[side] == value]
                    yield parts, margin - sum(shown[cell][_NAME] for cell in pairs)
                rest = [one for one in self.unknown if one[0] == day and one[side] not in margins]
                yield rest, total - sum(margins.values())

    def _of_month(self) -> Iterator[tuple[list[_Unknown], int]]:
        for cell, row in self._month.shown.items():
            if (cell[0], cell[2]) == self._table:
                yield self._days_of(cell, row), row[_NAME]
            for side in (0, 1):
                if cell[0] is self._table[side] and cell[2] is NONE:
                    hidden = [
                        one
                        for one in self.unknown
                        if one[1 + side] == cell[1] and cell[1] not in self._sides[one[0]][side]
                    ]
                    yield hidden, row[_NAME]

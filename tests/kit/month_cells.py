"""Days of one month folded one by one, and what their month makes of what they hide. In memory, without an engine."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np

from appliance.dimensions import TRAITS, Dimension
from appliance.warehouse.fold.carried import Carried
from appliance.warehouse.fold.cells import COUNTERS, VISITORS
from appliance.warehouse.fold.day import Folded, Rules, TableName, fold_day
from appliance.warehouse.fold.month import fold_month
from tests.kit.day_cells import Cell, DayCells, as_dict

_Row = tuple[TableName, int, int, str, str]


class MonthCells:
    """Closed days and their month."""

    def __init__(self, days: Sequence[DayCells], k: int = 5, public: Iterable[Dimension] | None = None) -> None:
        """`public`: dimensions whose values are all shown; closed vocabularies if None."""
        self.days = days
        self.k = k
        open_to_all = {d for d, traits in TRAITS.items() if traits.closed} if public is None else set(public)
        self._rules = Rules(k, lambda dimension, _: dimension in open_to_all)

    @cached_property
    def folded_days(self) -> list[list[Folded]]:
        """What each day shows and leaves."""
        return [list(fold_day(d.totals, d.tables(), d.read, self._rules, carries=True)) for d in self.days]

    @cached_property
    def shown_by_day(self) -> list[dict[Cell, dict[str, int]]]:
        """Shown cells of each day."""
        return [as_dict(folded) for folded in self.folded_days]

    @cached_property
    def shown(self) -> dict[Cell, dict[str, int]]:
        """What the month shows beyond the days."""
        carried = self.carried()
        return as_dict(fold_month(list(carried), carried.__getitem__, self.k))

    def carried(self) -> dict[TableName, Carried]:
        """What all days leave, added up as the engine does it."""
        sums: dict[_Row, np.ndarray] = {}
        for one in (one for folded in self.folded_days for one in folded):
            for role, hidden, days, a, b, counters in zip(*one.carried, strict=True):
                key = (one.table, int(role), int(hidden), a, b)
                row = np.array([int(days) * (counters[VISITORS] > 0), *counters.tolist()], dtype=np.int64)
                sums[key] = sums[key] + row if key in sums else row
        found = {}
        for table in sorted({key[0] for key in sums}):
            rows = sorted((key, row) for key, row in sums.items() if key[0] == table)
            numbers = np.array([row for _, row in rows], dtype=np.int64).reshape(len(rows), 1 + len(COUNTERS))
            found[table] = Carried(
                np.array([key[1] for key, _ in rows]),
                np.array([key[2] for key, _ in rows]),
                numbers[:, 0],
                [key[3] for key, _ in rows],
                [key[4] for key, _ in rows],
                numbers[:, 1:],
            )
        return found

    def hidden_sum(self, cell: Cell) -> dict[str, int]:
        """What all days hide of a cell, added up."""
        rows = [
            day.cells[cell]
            for day, shown in zip(self.days, self.shown_by_day, strict=True)
            if cell in day.cells and cell not in shown
        ]
        return dict(zip(COUNTERS, np.sum(rows, axis=0).tolist() if rows else [0] * len(COUNTERS), strict=True))

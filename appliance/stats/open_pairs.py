"""Pairs of a day that is not over: what its close would keep now, in steps.

Somebody who asks again after every visit would see by the step of one pair what its newest visitor did. So a shown pair
keeps its numbers until k more visitors had it, also if it was hidden for another's sake in between or the process was
started again.
"""

import threading
from collections.abc import Callable
from datetime import date

import numpy as np

from appliance.dimensions import Dimension
from appliance.stats.shown_pairs import Shown, ShownPairs
from appliance.warehouse.fold.cells import VISITORS, Numbers, Pairs, empty
from appliance.warehouse.fold.day import Rules, TableName, fold_day
from appliance.warehouse.fold.parents import PARENT

_REMEMBERED_TABLES = 2_000


def needed(table: TableName) -> list[TableName]:
    """The tables that must be known to fold one table of pairs: the singles, the tables of parents, itself.

    >>> [(a.name, b.name) for a, b in needed((Dimension.SOURCE, Dimension.REGION))]
    [('SOURCE', 'NONE'), ('REGION', 'NONE'), ('COUNTRY', 'NONE'), ('SOURCE', 'COUNTRY'), ('SOURCE', 'REGION')]
    """
    lines = [[one, PARENT[one]] if one in PARENT else [one] for one in table]
    pairs = {(min(a, b), max(a, b)) for a in lines[0] for b in lines[1] if a is not b}
    return [
        *((one, Dimension.NONE) for line in lines for one in line if one is not Dimension.PREVIOUS_PAGE),
        *sorted(pairs - {table}),
        table,
    ]


class OpenPairs:
    """Shown pairs of running days. Safe to share between threads."""

    def __init__(self, shown: ShownPairs) -> None:
        """`shown` remembers beyond the end of the process."""
        self._lock = threading.Lock()
        self._stored = shown
        self._shown: dict[tuple[str, date, TableName], Shown] = {}

    def fold(
        self, site: str, day: date, table: TableName, totals: Numbers, read: Callable[[TableName], Pairs], rules: Rules
    ) -> Pairs:
        """The pairs of one table that may be shown, with the numbers that may be.

        Args:
            totals: of the day until now, as one row of counters.
            read: gives the cells of each table of `needed(table)`.
        """
        now = [one.cells for one in fold_day(totals, needed(table), read, rules) if one.table == table]
        rows = {
            pair: row
            for cells in now
            for pair, row in zip(zip(cells.a, cells.b, strict=True), cells.counters.tolist(), strict=True)
        }
        with self._lock:
            before = self._shown.pop((site, day, table), None)
            if before is None:
                before = self._stored.read(site, day, table)
            shown = {pair: _step(before.get(pair), row, rules.k) for pair, row in rows.items()}
            if changed := {pair: row for pair, row in shown.items() if row is not before.get(pair)}:
                self._stored.add(site, day, table, changed)
            self._shown[site, day, table] = before | shown  # the last asked for is the last to be forgotten
            if len(self._shown) > _REMEMBERED_TABLES:
                del self._shown[next(iter(self._shown))]
        counters = np.array(list(shown.values()), dtype=np.int64) if shown else empty()
        return Pairs([a for a, _ in shown], [b for _, b in shown], counters)


def _step(before: list[int] | None, now: list[int], k: int) -> list[int]:
    return now if before is None or now[VISITORS] >= before[VISITORS] + k else before

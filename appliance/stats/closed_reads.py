"""Closed days are read from up to three places in one statement, and only from those that a range needs: each costs
13 ms of processor time, however little it holds. What was read is kept for the next question.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import date
from functools import partial
from itertools import groupby
from typing import Any, Protocol

import numpy as np

from appliance.stats.counters import Counters
from appliance.stats.days import Days
from appliance.stats.kept_reads import ClosedCells, KeptReads
from appliance.stats.ranges import DateRange, Step
from appliance.warehouse.fold.cells import Numbers


class ColumnReader(Protocol):
    """`appliance.warehouse.client.Reader`."""

    def query_columns(self, sql: str, parameters: Mapping[str, Any] | None = None) -> Sequence[Sequence[Any]]:
        """Raises UnavailableError."""


class ClosedReads:
    """Reads cells of closed days. Blocks its thread."""

    def __init__(self, reader: ColumnReader, kept: KeptReads | None = None) -> None:
        self._reader = reader
        self._kept = kept

    def ask(
        self,
        sql: Callable[[str], str],
        name: str,
        days: Days,
        step: Step,
        prefixes: Sequence[str],
        *,
        sums: bool = True,
        **parameters: Any,
    ) -> ClosedCells:
        """Cells of closed days. Call it inside `ClosedDays.reading()`. Raises UnavailableError.

        Args:
            sql: text of a file; there is one of `name` for days, one for sums of months, one for what months show. Each
                gives step (None for the whole range), values and counters.
            prefixes: of the values of each attribute, to be cut off.
            sums: whether sums of months may stand for their days.
            parameters: beside range, step and months.
        """
        months = days.closed_months() if sums and step is not Step.DAY else []
        statement = "\nUNION ALL\n".join(sql(f"{name}.{place}") for place in places(days.within, step, months))
        first, last = days.within
        elsewhere = [day for day in days.within.days() if day in days.open or day.replace(day=1) in months]
        known = parameters | {"first": first, "last": last, "step": step.value, "months": months}
        known["elsewhere"] = elsewhere
        used = {key: value for key, value in known.items() if f"{{{key}:" in statement}
        read = partial(self._read, statement, used, prefixes)
        if self._kept is None:
            return read()
        return self._kept.read((statement, *((name, _hashable(value)) for name, value in used.items())), read)

    def _read(self, statement: str, parameters: Mapping[str, Any], prefixes: Sequence[str]) -> ClosedCells:
        columns = self._reader.query_columns(statement, parameters)
        if not columns:
            return ClosedCells([], np.zeros((0, len(Counters._fields)), dtype=np.int64), {})
        n_keys = 1 + len(prefixes)
        return as_cells(columns[:n_keys], np.array(columns[n_keys:], dtype=np.int64).T, prefixes)


def as_cells(keys: Sequence[Sequence[Any]], counters: Numbers, prefixes: Sequence[str]) -> ClosedCells:
    """Rows put in order and added up where several have one key. Rows without a value are in the sums alone."""
    if missing := len(Counters._fields) - counters.shape[1]:  # pairs have no thin visits
        counters = np.pad(counters, ((0, 0), (0, missing)))
    texts = [
        [None if value is None else value[len(prefix) :] for value in column] if prefix else column
        for column, prefix in zip(keys[1:], prefixes, strict=True)
    ]
    rows = list(zip(keys[0], *texts, strict=True))
    by_step: dict[date | None, list[int]] = {}
    for row, (at, *_) in enumerate(rows):
        by_step.setdefault(at, []).append(row)
    sums = {at: Counters._make(counters[of_one].sum(axis=0).tolist()) for at, of_one in by_step.items()}
    order = [row for row in range(len(rows)) if rows[row][1] is not None]
    order.sort(key=lambda row: (rows[row][0] or date.min, *rows[row][1:]))
    groups = [list(same) for _, same in groupby(order, key=rows.__getitem__)]
    if not groups:
        return ClosedCells([], counters[:0], sums)
    starts = np.cumsum([0, *map(len, groups[:-1])])
    return ClosedCells([rows[same[0]] for same in groups], np.add.reduceat(counters[order], starts, axis=0), sums)


def _hashable(value: Any) -> Hashable:
    return tuple(value) if isinstance(value, list) else value


def places(within: DateRange, step: Step, months: Sequence[date]) -> list[str]:
    """Which of `days`, `month_sums` and `months` may hold anything of a range; at least one.

    Args:
        months: those whose sums are read instead of their days.
    """
    found = ["days"] if set(within.months()) - set(months) else []
    if months:
        found.append("month_sums")
    if step is not Step.DAY and within.whole_months():
        found.append("months")
    return found

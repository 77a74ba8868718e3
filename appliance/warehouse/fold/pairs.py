"""Which pairs of attributes may be kept. Pure.

A pair needs k visitors and two values that are shown by themselves; `slices` then hides more, so that nothing small
follows by subtraction.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.warehouse.fold.cells import (
    NOT_SET,
    VISITORS,
    VISITS,
    Flags,
    Numbers,
    Pairs,
    adds_up,
    empty,
    is_optional,
    measure,
)
from appliance.warehouse.fold.parents import parent
from appliance.warehouse.fold.singles import FoldedSingles
from appliance.warehouse.fold.slices import Slices, Table, fold_table

Margins = Mapping[tuple[str | None, str | None], tuple[int, int]]
"""Measure and visitors of each shown pair of a parent table."""


class Side(NamedTuple):
    """One of the two attributes."""

    dimension: Dimension
    values: list[str]
    """Shown values, sorted."""
    counters: Numbers
    """Counters of each shown value, and in a last row of everything else."""
    parents: list[str | None] | None = None
    """Value of the parent dimension for each value, if it has one."""


class ParentTable(NamedTuple):
    """Shown pairs of a parent, which the pairs of its children must add up to."""

    margins: Margins
    of_a: bool
    """The first attribute is replaced by its parent."""
    of_b: bool


def side(dimension: Dimension, folded: FoldedSingles, totals: Numbers, families: list[str] | None = None) -> Side:
    """A side of a table, from the folded singles of its attribute.

    Args:
        families: values of the parent dimension, if it has one.
    """
    rest = np.maximum(totals - folded.whole.sum(axis=0), 0)
    values = list(folded.shown.values)
    parents = None
    if families is not None:
        known = frozenset(families)
        parents = [parent(dimension, value, known) if value != NOT_SET else None for value in values]
    return Side(dimension, values, np.vstack([folded.whole, rest]), parents)


def fold_pairs(a: Side, b: Side, cells: Pairs, k: int, parent_tables: Sequence[ParentTable] = ()) -> Pairs:
    """Fold the pairs of two attributes.

    Returns:
        What may be kept. A value NOT_SET stands for visits without a value of that attribute.
    """
    row, column = _positions(a, cells.a), _positions(b, cells.b)
    row, column, counters = _with_not_set(a, b, row, column, cells.counters)
    by = measure(a.dimension, b.dimension)
    amount, visitors = counters[:, by], counters[:, VISITORS]
    groups, has_parents = _groups(a, b, row, column, parent_tables)
    table = Table(
        amount,
        visitors,
        np.lexsort((column, row, counters[:, VISITS], visitors)),
        Slices(row, a.counters[:, by], a.counters[:, VISITORS], adds_up(b.dimension), is_optional(a.dimension)),
        Slices(column, b.counters[:, by], b.counters[:, VISITORS], adds_up(a.dimension), is_optional(b.dimension)),
        groups,
    )
    candidates = (visitors >= k) & (row < len(a.values)) & (column < len(b.values)) & has_parents
    kept = np.flatnonzero(fold_table(table, candidates, k))
    kept = kept[np.lexsort((column[kept], row[kept]))]
    return Pairs([a.values[i] for i in row[kept]], [b.values[i] for i in column[kept]], counters[kept])


def _positions(one: Side, values: Sequence[str]) -> Numbers:
    position = {value: number for number, value in enumerate(one.values)}
    other = len(one.values)
    return np.fromiter((position.get(value, other) for value in values), dtype=np.int64, count=len(values))


def _with_not_set(
    a: Side, b: Side, row: Numbers, column: Numbers, counters: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Adds, for each value, the visits that had no value of the other side, where that side knows such visits."""
    rows, columns, added = [row], [column], [counters]
    for one, of_one, other in ((a, row, b), (b, column, a)):
        if NOT_SET not in other.values or TRAITS[other.dimension].scope is Scope.EVENT:
            continue
        rest = one.counters[:-1] - _sums(of_one, counters, len(one.values))
        rest = np.maximum(rest, 0)
        here = np.array([value != NOT_SET for value in one.values], dtype=bool)
        positions = np.flatnonzero(here & (rest[:, measure(a.dimension, b.dimension)] > 0))
        there = np.full(len(positions), other.values.index(NOT_SET), dtype=np.int64)
        pair = (positions, there) if one is a else (there, positions)
        rows.append(pair[0])
        columns.append(pair[1])
        added.append(rest[positions])
    return np.concatenate(rows), np.concatenate(columns), np.vstack(added)


def _sums(of: Numbers, counters: Numbers, size: int) -> Numbers:
    sums = empty(size + 1)
    for number in range(counters.shape[1]):
        sums[:, number] = np.bincount(of, weights=counters[:, number], minlength=size + 1)
    return sums[:size]


def _groups(
    a: Side, b: Side, row: Numbers, column: Numbers, parent_tables: Sequence[ParentTable]
) -> tuple[list[Slices], Flags]:
    """Slices of a child's pairs by shown pairs of its parent, and which cells lie in one of each parent table."""
    groups = []
    inside = np.ones(len(row), dtype=bool)
    for table in parent_tables:
        number = {pair: position for position, pair in enumerate(table.margins)}
        nowhere = len(number)
        names_a = [*((a.parents or a.values) if table.of_a else a.values), None]
        names_b = [*((b.parents or b.values) if table.of_b else b.values), None]
        pairs = zip(row.tolist(), column.tolist(), strict=True)
        of = np.fromiter(
            (number.get((names_a[i], names_b[j]), nowhere) for i, j in pairs), dtype=np.int64, count=len(row)
        )
        margins = np.array([*table.margins.values(), (0, 0)], dtype=np.int64)
        groups.append(Slices(of, margins[:, 0], margins[:, 1]))
        inside &= of < nowhere
    return groups, inside

"""Which pairs of attributes may be kept. Pure.

A pair needs k visitors and two values that are shown by themselves; `slices` then hides more, so that nothing small
follows by subtraction.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.warehouse.fold.carried import (
    A_HIDDEN,
    B_HIDDEN,
    NOTHING_CARRIED,
    Carried,
    Role,
    of_one_day,
    together,
)
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
from appliance.warehouse.fold.slices import Slices, Table, fold_table, hidden_people, residuals

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
    carried: frozenset[str] = frozenset()
    """Values that are not shown and wait for the end of the month."""
    key: str = ""
    """Of a property."""


class ParentTable(NamedTuple):
    """Shown pairs of a parent, which the pairs of its children must add up to."""

    margins: Margins
    of_a: bool
    """The first attribute is replaced by its parent."""
    of_b: bool


def side(
    dimension: Dimension,
    folded: FoldedSingles,
    totals: Numbers,
    families: list[str] | None = None,
    key: str = "",
) -> Side:
    """A side of a table, from the folded singles of its attribute.

    Args:
        families: values of the parent dimension, if it has one.
        key: of a property.
    """
    rest = np.maximum(totals - folded.whole.sum(axis=0), 0)
    values = list(folded.shown.values)
    parents = None
    if families is not None:
        known = frozenset(families)
        parents = [parent(dimension, value, known) if value != NOT_SET else None for value in values]
    return Side(dimension, values, np.vstack([folded.whole, rest]), parents, frozenset(folded.carried.values), key)


class FoldedPairs(NamedTuple):
    """Two attributes after the fold."""

    shown: Pairs
    """What may be kept. A value NOT_SET stands for visits without a value of that attribute."""
    carried: Carried
    """What waits for the end of the month; nothing unless it was asked for."""


def fold_pairs(
    a: Side, b: Side, cells: Pairs, k: int, parent_tables: Sequence[ParentTable] = (), *, carries: bool = False
) -> FoldedPairs:
    """Fold the pairs of two attributes.

    Args:
        carries: give what is hidden, too.
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
    shown = fold_table(table, candidates, k)
    kept = np.flatnonzero(shown)
    kept = kept[np.lexsort((column[kept], row[kept]))]
    found = Pairs([a.values[i] for i in row[kept]], [b.values[i] for i in column[kept]], counters[kept])
    if not carries:
        return FoldedPairs(found, NOTHING_CARRIED)
    hidden = _hidden_cells(a, b, cells, Cells(row, column, counters), ~shown & has_parents)
    return FoldedPairs(found, together([hidden, *_residuals(a, b, table, shown, parent_tables)]))


class Cells(NamedTuple):
    """Cells by the positions of their values; one past the last stands for all that are not shown."""

    row: Numbers
    column: Numbers
    counters: Numbers


def _hidden_cells(a: Side, b: Side, given: Pairs, cells: Cells, hidden: Flags) -> Carried:
    """Cells that are not kept, of values that are shown or carried themselves."""
    no_a, no_b = cells.row == len(a.values), cells.column == len(b.values)
    for unshown, values, side_ in ((no_a, given.a, a), (no_b, given.b, b)):
        for cell in np.flatnonzero(hidden & unshown).tolist():
            hidden[cell] = values[cell] in side_.carried
    found = np.flatnonzero(hidden)
    names_a = [given.a[cell] if no_a[cell] else a.values[cells.row[cell]] for cell in found.tolist()]
    names_b = [given.b[cell] if no_b[cell] else b.values[cells.column[cell]] for cell in found.tolist()]
    bits = no_a[found] * A_HIDDEN + no_b[found] * B_HIDDEN
    return of_one_day(Role.CELL, names_a, names_b, cells.counters[found], bits)


def _residuals(a: Side, b: Side, table: Table, shown: Flags, parent_tables: Sequence[ParentTable]) -> Iterator[Carried]:
    """What is hidden in each slice whose whole is public."""
    by = measure(a.dimension, b.dimension)
    groups = [(Role.GROUP_A if parents.of_a else Role.GROUP_B, list(parents.margins)) for parents in parent_tables]
    named: list[tuple[Slices, Role, Sequence[tuple[str | None, str | None]]]] = [
        (table.rows, Role.ROW, [(value, b.key) for value in a.values]),
        (table.columns, Role.COLUMN, [(a.key, value) for value in b.values]),
        *((slices, role, names) for slices, (role, names) in zip(table.groups, groups, strict=True)),
    ]
    for slices, role, names in named:
        amounts = residuals(table, slices, shown)[: len(names)]
        found = np.flatnonzero(amounts > 0)
        counters = empty(len(found))
        counters[:, by] = amounts[found]
        counters[:, VISITORS] = hidden_people(table, slices, shown)[found]
        yield of_one_day(
            role, [str(names[i][0]) for i in found.tolist()], [str(names[i][1]) for i in found.tolist()], counters
        )


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

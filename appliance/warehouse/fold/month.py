"""Folds what the days of a month left: which sums over days may be shown in place of the days' hidden cells. Pure.

The rules are those of a day, with the sums of what was hidden in each slice of each day as the slices. Nobody is told
on which days a number came about, so a cell needs several days, beside k visitors counted once a day.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from appliance.dimensions import Dimension
from appliance.events import property_key
from appliance.warehouse.fold.carried import A_HIDDEN, B_HIDDEN, Carried, Role
from appliance.warehouse.fold.cells import NOT_SET, VISITORS, VISITS, Flags, Numbers, Pairs, adds_up, empty, measure
from appliance.warehouse.fold.day import Folded, TableName, in_order
from appliance.warehouse.fold.parents import PARENT, parent
from appliance.warehouse.fold.slices import Slices, Table, fold_table

LEAST_DAYS = 3
"""Days that a cell of a month comes from, so that it is not the hidden cell of a known day."""

Name = tuple[str, bool]
"""A value, and whether this is about the days on which it was hidden by itself."""


class MonthSide(NamedTuple):
    """One attribute (one key of properties): what its days hid, and how much of that its month shows."""

    values: list[str]
    """Values that the month shows."""
    counters: Numbers
    rest: Numbers
    """Counters of everything that stays hidden, as one row; visitors are a lower bound."""


NO_SIDE = MonthSide([], empty(), empty(1)[0])


def fold_month(tables: Iterable[TableName], read: Callable[[TableName], Carried], k: int) -> Iterator[Folded]:
    """Fold all tables of one month.

    Args:
        read: gives what is carried of a table. Cells of fewer than k visitors may be left out where both attributes
            add up: they change nothing there.
    """
    sides: dict[tuple[Dimension, str], MonthSide] = {}
    for table in in_order(tables):
        for keys, rows in _by_keys(table, read(table)):
            if table[1] is Dimension.NONE:
                one = fold_values(table[0], rows, k)
                sides[table[0], keys[0]] = one
                shown = Pairs(one.values, [""] * len(one.values), one.counters)
            else:
                of_a, of_b = (sides.get(side, NO_SIDE) for side in zip(table, keys, strict=True))
                shown = fold_carried_pairs(table, of_a, of_b, rows, k)
            if shown.a:
                yield Folded(table, shown)


def fold_values(dimension: Dimension, carried: Carried, k: int) -> MonthSide:
    """Fold the values of one attribute; of properties, those of one key."""
    left = carried.counters[carried.role == Role.ROW].sum(axis=0)
    cells = carried.part(np.flatnonzero(carried.role == Role.CELL))
    visitors = cells.counters[:, VISITORS]
    shown = _eligible(cells, k)
    smallest_first = sorted(
        np.flatnonzero(shown).tolist(), key=lambda cell: (*cells.counters[cell, :2].tolist(), cells.a[cell])
    )
    for smallest in smallest_first:
        rest = left - cells.counters[shown].sum(axis=0)
        certain = max(int(rest[VISITORS]), int(visitors[~shown].max(initial=0)))
        if certain >= k or (adds_up(dimension) and rest[measure(dimension)] <= 0):
            break
        shown[smallest] = False
    kept = sorted(np.flatnonzero(shown).tolist(), key=lambda cell: cells.a[cell])
    counters = cells.counters[kept]
    return MonthSide([cells.a[cell] for cell in kept], counters, np.maximum(left - counters.sum(axis=0), 0))


def fold_carried_pairs(table: TableName, of_a: MonthSide, of_b: MonthSide, carried: Carried, k: int) -> Pairs:
    """Fold the pairs of two attributes. A pair needs both values: shown that day, or shown by the month."""
    cells = carried.part(np.flatnonzero(carried.role == Role.CELL))
    by = measure(*table)
    row, rows = _slices(cells.a, cells.hidden & A_HIDDEN, of_a, carried, Role.ROW, by)
    column, columns = _slices(cells.b, cells.hidden & B_HIDDEN, of_b, carried, Role.COLUMN, by)
    amount, visitors = cells.counters[:, by], cells.counters[:, VISITORS]
    groups, inside = _groups(table, cells, carried, by)
    one = Table(
        amount,
        visitors,
        np.lexsort((column, row, cells.counters[:, VISITS], visitors)),
        _split(rows, amount, adds_up(table[1])),
        _split(columns, amount, adds_up(table[0])),
        groups,
    )
    known = (row < len(rows.measure) - 1) & (column < len(columns.measure) - 1)
    shown = fold_table(one, _eligible(cells, k) & known & inside, k)
    return _summed(cells.part(np.flatnonzero(shown)))


def _eligible(cells: Carried, k: int) -> Flags:
    return np.array((cells.counters[:, VISITORS] >= k) & (cells.days >= LEAST_DAYS), dtype=bool)


def _slices(
    values: Sequence[str], hidden: Numbers, side: MonthSide, carried: Carried, role: Role, by: int
) -> tuple[Numbers, Slices]:
    """Slices of one direction and the slice of each cell; the last stands for what nobody is shown."""
    named = carried.a if role is Role.ROW else carried.b
    found = np.flatnonzero(carried.role == role).tolist()
    wholes: dict[Name, tuple[int, int]] = {(value, False): (0, 0) for value in values}
    for rows, names, is_hidden in ((found, named, False), (range(len(side.values)), side.values, True)):
        counters = side.counters if is_hidden else carried.counters
        wholes |= {(names[i], is_hidden): (int(counters[i, by]), int(counters[i, VISITORS])) for i in rows}
    names_in_order = sorted(wholes)  # by name: equal cells are hidden in an order that rests on nothing else
    position = {name: number for number, name in enumerate(names_in_order)}
    nowhere = len(position)
    of = np.fromiter(
        (position.get((value, bool(bit)), nowhere) for value, bit in zip(values, hidden.tolist(), strict=True)),
        dtype=np.int64,
        count=len(values),
    )
    rest = (side.rest[by], side.rest[VISITORS])
    sums = np.array([*(wholes[name] for name in names_in_order), rest], dtype=np.int64)
    return of, Slices(of, sums[:, 0], sums[:, 1])


def _split(slices: Slices, amount: Numbers, sums_up: bool) -> Slices:
    """Where cells do not add up to their slice, it is only known which slices have any."""
    if sums_up:
        return slices
    known = np.bincount(slices.of, weights=amount, minlength=len(slices.measure)).astype(np.int64)
    return Slices(slices.of, known, slices.visitors, adds_up=False)


def _groups(table: TableName, cells: Carried, carried: Carried, by: int) -> tuple[list[Slices], Flags]:
    """Slices of a child's pairs by pairs of its parent that were shown day by day, and which cells lie in them."""
    groups = []
    inside = np.ones(len(cells.a), dtype=bool)
    for child, other, role in ((*table, Role.GROUP_A), (table[1], table[0], Role.GROUP_B)):
        if child not in PARENT or PARENT[child] is other:
            continue
        part = carried.part(np.flatnonzero(carried.role == role))
        number = {pair: position for position, pair in enumerate(zip(part.a, part.b, strict=True))}
        families = frozenset(part.a if role is Role.GROUP_A else part.b)
        pairs = zip(cells.a, cells.b, strict=True)
        names = [
            (_family(child, a, families), b) if role is Role.GROUP_A else (a, _family(child, b, families))
            for a, b in pairs
        ]
        of = np.array([number.get(name, len(number)) for name in names], dtype=np.int64)
        margins = np.vstack([part.counters, empty(1)])
        groups.append(Slices(of, margins[:, by], margins[:, VISITORS]))
        inside &= of < len(number)
    return groups, inside


def _family(child: Dimension, value: str, families: frozenset[str]) -> str:
    return parent(child, value, families) if value != NOT_SET else NOT_SET


def _summed(cells: Carried) -> Pairs:
    """One row for each pair, whether its values were shown or hidden on its days."""
    number: dict[tuple[str, str], int] = {}
    of = [number.setdefault(pair, len(number)) for pair in sorted(zip(cells.a, cells.b, strict=True))]
    order = sorted(range(len(of)), key=lambda cell: (cells.a[cell], cells.b[cell]))
    counters = empty(len(number))
    np.add.at(counters, of, cells.counters[order])
    return Pairs([a for a, _ in number], [b for _, b in number], counters)


def _by_keys(table: TableName, carried: Carried) -> Iterable[tuple[tuple[str, str], Carried]]:
    """The rows, or those of each property key."""
    if Dimension.PROPS not in table:
        return [(("", ""), carried)]
    rows: dict[tuple[str, str], list[int]] = {}
    of_props = [dimension is Dimension.PROPS for dimension in table]
    for row, values in enumerate(zip(carried.a, carried.b, strict=True)):
        a, b = (property_key(value) if own else "" for value, own in zip(values, of_props, strict=True))
        rows.setdefault((a, b), []).append(row)
    return [(keys, carried.part(np.array(part, dtype=np.int64))) for keys, part in rows.items()]

"""Folds one day of a site, table by table, so that only one table of pairs is in memory at a time. Pure.

The cells come from a function that is passed in; parents' tables are folded before those of their children.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.events import property_key
from appliance.warehouse.fold.carried import A_HIDDEN, NOTHING_CARRIED, Carried, Role, of_one_day, together
from appliance.warehouse.fold.cells import VISITORS, Numbers, Pairs, Singles, empty, measure
from appliance.warehouse.fold.funnels import fold_funnels
from appliance.warehouse.fold.pairs import FoldedPairs, Margins, ParentTable, Side, fold_pairs, side
from appliance.warehouse.fold.parents import PARENT
from appliance.warehouse.fold.singles import FoldedSingles, fold_singles
from appliance.warehouse.fold.transitions import fold_transitions

TableName = tuple[Dimension, Dimension]
"""The two dimensions of a table; the second is NONE in a table of single cells."""


_OF_EVERY_VISIT = {(dimension, Dimension.NONE) for dimension, traits in TRAITS.items() if traits.scope is Scope.VISIT}
"""Tables in which visits without a value have a cell, also where no visit had one."""
_NO_CELLS = Pairs([], [], empty())


class Rules(NamedTuple):
    """What is shown at one site."""

    k: int
    """Least number of visitors of a value that is not public."""
    admits: Callable[[Dimension, str], bool]
    """Whether a value is public."""


class Folded(NamedTuple):
    """What may be kept of one table."""

    table: TableName
    cells: Pairs
    """Single cells have an empty second value."""
    carried: Carried = NOTHING_CARRIED
    """What waits for the end of the month, if that was asked for."""


def fold_day(
    totals: Numbers,
    tables: Iterable[TableName],
    read: Callable[[TableName], Pairs],
    rules: Rules,
    *,
    carries: bool = False,
) -> Iterator[Folded]:
    """Fold all tables of one day.

    Args:
        carries: give what waits for the end of the month, too.
        totals: of the day, as one row of counters.
        tables: those that have any cell; they are read in the order of `in_order`.
        read: gives the cells of one table.
    """
    if totals[VISITORS] < rules.k and not carries:
        return
    sides: dict[Dimension, dict[str, Side]] = {}
    shown_parents: dict[TableName, Margins] = {}
    present = set(tables)
    for table in in_order(present | _OF_EVERY_VISIT):
        cells = read(table) if table in present else _NO_CELLS
        if table[0] is Dimension.FUNNEL_STEP:
            kept = [_kept_only(_as_pairs(fold_funnels(Singles(cells.a, cells.counters), rules.k)))]
        elif table[1] is Dimension.PREVIOUS_PAGE:
            pages = sides.get(Dimension.PAGE, {})
            kept = [_kept_only(fold_transitions(one.values, cells, rules.k)) for one in pages.values()]
        elif table[1] is Dimension.NONE:
            folded = _fold_dimension(table[0], Singles(cells.a, cells.counters), totals, rules)
            families = _families(table[0], sides)
            sides[table[0]] = {key: side(table[0], one, totals, families, key) for key, one in folded.items()}
            kept = [
                FoldedPairs(_as_pairs(one.shown), _carried_singles(key, one, sides[table[0]][key]))
                for key, one in folded.items()
            ]
        else:
            kept = _fold_table(table, cells, sides, shown_parents, rules.k, carries=carries)
            if set(table) & set(PARENT.values()):
                shown_parents[table] = _margins(table, [one.shown for one in kept])
        for one in kept:
            shown = _without_nothing(one.shown)
            if shown.a or (carries and len(one.carried.a)):
                yield Folded(table, shown, one.carried if carries else NOTHING_CARRIED)


def _without_nothing(cells: Pairs) -> Pairs:
    """The cells of which any counter is left: where a crash lost the start of a visit, none may be."""
    some = np.flatnonzero(cells.counters.any(axis=1)).tolist()
    if len(some) == len(cells.a):
        return cells
    return Pairs([cells.a[i] for i in some], [cells.b[i] for i in some], cells.counters[some])


def in_order(tables: Iterable[TableName]) -> list[TableName]:
    """Single cells first, and tables of parents, whose numbers are smaller, before those of their children."""
    return sorted(tables, key=lambda table: (table[1] is not Dimension.NONE, table))


def _fold_dimension(dimension: Dimension, cells: Singles, totals: Numbers, rules: Rules) -> dict[str, FoldedSingles]:
    """Folded values by property key; under "" for every other dimension."""

    def admits(value: str) -> bool:
        return rules.admits(dimension, value)

    return {
        key: fold_singles(
            dimension,
            Singles([cells.values[i] for i in rows], cells.counters[rows]),
            totals,
            admits,
            rules.k,
        )
        for key, rows in _by_key(dimension, cells.values).items()
    }


def _by_key(dimension: Dimension, values: Sequence[str]) -> dict[str, list[int]]:
    if dimension is not Dimension.PROPS:
        return {"": list(range(len(values)))}
    rows: dict[str, list[int]] = {}
    for row, value in enumerate(values):
        rows.setdefault(property_key(value), []).append(row)
    return rows


def _key(dimension: Dimension, value: str) -> str:
    return property_key(value) if dimension is Dimension.PROPS else ""


def _families(dimension: Dimension, sides: Mapping[Dimension, Mapping[str, Side]]) -> list[str] | None:
    if dimension not in PARENT:
        return None
    known = sides.get(PARENT[dimension], {})
    return known[""].values if known else []


def _fold_table(
    table: TableName,
    cells: Pairs,
    sides: Mapping[Dimension, Mapping[str, Side]],
    shown_parents: Mapping[TableName, Margins],
    k: int,
    *,
    carries: bool,
) -> list[FoldedPairs]:
    """The table, or one for each property key. Pairs without their singles (a crash lost those) are left out."""
    a, b = table
    parents = list(_parent_tables(table, shown_parents))
    return [
        fold_pairs(sides[a][key_a], sides[b][key_b], part, k, parents, carries=carries)
        for (key_a, key_b), part in _parts(table, cells)
        if key_a in sides.get(a, {}) and key_b in sides.get(b, {})
    ]


def _parts(table: TableName, cells: Pairs) -> Iterable[tuple[tuple[str, str], Pairs]]:
    if Dimension.PROPS not in table:
        return [(("", ""), cells)]
    rows: dict[tuple[str, str], list[int]] = {}
    for row, (a, b) in enumerate(zip(cells.a, cells.b, strict=True)):
        rows.setdefault((_key(table[0], a), _key(table[1], b)), []).append(row)
    return [
        (keys, Pairs([cells.a[i] for i in part], [cells.b[i] for i in part], cells.counters[part]))
        for keys, part in rows.items()
    ]


def _parent_tables(table: TableName, shown: Mapping[TableName, Margins]) -> Iterator[ParentTable]:
    a, b = table
    if a in PARENT and PARENT[a] is not b:
        yield _parent_table((PARENT[a], b), shown, of_a=True, of_b=False)
    if b in PARENT and PARENT[b] is not a:
        yield _parent_table((a, PARENT[b]), shown, of_a=False, of_b=True)


def _parent_table(table: TableName, shown: Mapping[TableName, Margins], *, of_a: bool, of_b: bool) -> ParentTable:
    if table in shown:
        return ParentTable(shown[table], of_a, of_b)
    turned = shown.get((table[1], table[0]), {})
    return ParentTable({(a, b): margin for (b, a), margin in turned.items()}, of_a, of_b)


def _margins(table: TableName, kept: Iterable[Pairs]) -> Margins:
    by = [measure(*table), VISITORS]
    margins: dict[tuple[str | None, str | None], tuple[int, int]] = {}
    for pairs in kept:
        amounts = map(tuple, pairs.counters[:, by].tolist())
        margins.update(zip(zip(pairs.a, pairs.b, strict=True), amounts, strict=True))
    return margins


def _as_pairs(singles: Singles) -> Pairs:
    return Pairs(singles.values, [""] * len(singles.values), singles.counters)


def _kept_only(cells: Pairs) -> FoldedPairs:
    """Cells of a report of its own, whose hidden parts no month takes up."""
    return FoldedPairs(cells, NOTHING_CARRIED)


def _carried_singles(key: str, folded: FoldedSingles, whole: Side) -> Carried:
    """Hidden values, and what is left of the day's totals beyond the shown ones."""
    values, counters = folded.carried
    hidden = np.full(len(values), A_HIDDEN, dtype=np.int64)
    rest = whole.counters[-1:]
    left = [of_one_day(Role.ROW, [key], [""], rest)] if rest.any() else []
    return together([of_one_day(Role.CELL, values, [""] * len(values), counters, hidden), *left])

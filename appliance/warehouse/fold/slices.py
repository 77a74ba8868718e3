"""One table of pairs of attributes, and which of its cells may be kept. Pure.

A slice is what the single cell of a value splits into: its pairs with all values of the other attribute. Singles are
public, so whoever subtracts the shown pairs of a slice from its single knows what is hidden in it, the residual. The
rules hide more cells until no residual is small and none can be given to one cell.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from appliance.warehouse.fold.cells import Flags, Numbers


class Slices(NamedTuple):
    """The slices of one direction."""

    of: Numbers
    """Slice of each cell."""
    measure: Numbers
    """What each slice splits: its counter that adds up over the cells."""
    visitors: Numbers
    """Visitors of each slice."""
    adds_up: bool = True
    """Nothing can be subtracted where the cells of a slice do not add up to it."""
    rest_is_open: bool = False
    """The last slice holds what has no value at all: who did not do something is not protected, and a residual there
    is no cell's."""


class Table(NamedTuple):
    """Cells of two attributes. The last row and the last column stand for all values that are not shown."""

    measure: Numbers
    visitors: Numbers
    order: Numbers
    """Positions of the cells from the first to hide to the last."""
    rows: Slices
    columns: Slices
    groups: Sequence[Slices] = ()
    """Parts of slices that are public by themselves: what a pair of the parent splits into."""


def fold_table(table: Table, candidates: Flags, k: int, *, singles_are_shown: bool = True) -> Flags:
    """Which of the candidates may be kept.

    Where one side has a single value, its pairs are the singles of the other side: there is nothing to protect,
    if those are shown.
    """
    shown = candidates.copy()
    if singles_are_shown and any(
        slices.adds_up and np.count_nonzero(slices.measure) < 2 for slices in (table.rows, table.columns)
    ):
        return shown
    while shown.any():
        before = int(shown.sum())
        for slices in (table.rows, table.columns, *table.groups):
            _protect_residuals(table, slices, shown, k)
        if int(shown.sum()) == before:
            _spread_residuals(table, table.rows, table.columns, shown)
            _spread_residuals(table, table.columns, table.rows, shown)
        if int(shown.sum()) == before:
            break
    return shown


def residuals(table: Table, slices: Slices, shown: Flags) -> Numbers:
    """What anybody can work out to be hidden in each slice."""
    if not slices.adds_up:
        return np.zeros_like(slices.measure)
    return slices.measure - _sums(slices, shown, table.measure)


def hidden_people(table: Table, slices: Slices, shown: Flags) -> Numbers:
    """Visitors of each slice whom no shown cell accounts for: so many at least are in its residual."""
    people: Numbers = np.maximum(slices.visitors - _sums(slices, shown, table.visitors), 0)
    return people


def _protect_residuals(table: Table, slices: Slices, shown: Flags, k: int) -> None:
    """Hide until every residual is 0 or holds at least k people for certain."""
    while True:
        greatest = np.zeros(len(slices.measure), dtype=np.int64)
        np.maximum.at(greatest, slices.of[~shown], table.visitors[~shown])
        certain = np.maximum(greatest, hidden_people(table, slices, shown))
        small = (residuals(table, slices, shown) > 0) & (certain < k)
        if not _hide_smallest(table, slices, shown, small):
            return


def _spread_residuals(table: Table, slices: Slices, crossing: Slices, shown: Flags) -> None:
    """Hide until every residual may lie in at least two cells; with one, that cell would be the residual."""
    while True:
        remains = residuals(table, slices, shown) > 0
        hidden_in = residuals(table, crossing, shown)
        partners = (hidden_in > 0) if crossing.adds_up else (crossing.measure > 0)
        taken = np.bincount(slices.of[shown & partners[crossing.of]], minlength=len(slices.measure))
        lonely = remains & (int(partners.sum()) - taken < 2)
        if crossing.rest_is_open and partners[-1]:
            return
        if not lonely.any():
            return
        if not _hide_smallest(table, slices, shown, lonely) and not _hide_first(table, crossing, shown, ~partners):
            return


def _hide_smallest(table: Table, slices: Slices, shown: Flags, where: Flags) -> bool:
    """Hide the smallest shown cell of each of these slices; whether there was any."""
    if not where.any():
        return False
    candidates = table.order[shown[table.order] & where[slices.of[table.order]]]
    _, first = np.unique(slices.of[candidates], return_index=True)
    shown[candidates[first]] = False
    return len(first) > 0


def _hide_first(table: Table, slices: Slices, shown: Flags, where: Flags) -> bool:
    """Hide the smallest shown cell of all these slices together; whether there was any."""
    candidates = table.order[shown[table.order] & where[slices.of[table.order]]]
    shown[candidates[:1]] = False
    return len(candidates) > 0


def _sums(slices: Slices, shown: Flags, numbers: Numbers) -> Numbers:
    # Sums of 64-bit floats are exact up to 2^53.
    sums = np.bincount(slices.of[shown], weights=numbers[shown], minlength=len(slices.measure))
    return sums.astype(np.int64)

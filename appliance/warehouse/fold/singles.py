"""Which values of one attribute may be kept. Pure.

Values that nobody declared need k visitors. What is left out stands together as "(other)", whose size follows from the
totals, so it must hold at least k people for certain: if it does not, the smallest value that may be hidden joins it.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.warehouse.fold.carried import LEAST_TO_CARRY
from appliance.warehouse.fold.cells import (
    EVENTS,
    NOT_SET,
    PAGEVIEWS,
    REVENUE,
    VISITORS,
    VISITS,
    Flags,
    Numbers,
    Singles,
    measure,
)

_KEPT_OF_FEW: dict[Dimension, tuple[int, ...]] = {
    Dimension.PAGE: (PAGEVIEWS,),
    Dimension.NAME: (EVENTS,),
    Dimension.GOAL: (EVENTS,),
    Dimension.PROPS: (EVENTS,),
    Dimension.CURRENCY: (EVENTS, REVENUE),
}
"""What a public value with fewer than k visitors keeps beside visitors and visits: what the value is there for."""


class FoldedSingles(NamedTuple):
    """One attribute after the fold."""

    shown: Singles
    """What may be kept; counters that could join cells of one person are 0."""
    whole: Numbers
    """Counters of the shown values before any was set to 0."""
    hidden: int
    """Number of values left out."""
    carried: Singles
    """Hidden values, whole, whose counters may wait for the end of the month."""


def fold_singles(
    dimension: Dimension,
    cells: Singles,
    totals: Numbers,
    admits: Callable[[str], bool],
    k: int,
    *,
    with_not_set: bool = True,
) -> FoldedSingles:
    """Fold the values of one attribute; of properties, those of one key.

    Args:
        totals: of the day, as one row of counters; with fewer than k visitors nothing is kept.
        admits: whether a value is public.
        with_not_set: give visits without a value a row of their own.
    """
    values, counters = _with_not_set(dimension, cells, totals) if with_not_set else cells
    public = np.fromiter((value != NOT_SET and admits(value) for value in values), dtype=bool, count=len(values))
    shown = _shown(values, counters, public, int(totals[VISITORS]), k)
    kept = sorted(np.flatnonzero(shown).tolist(), key=lambda position: values[position])
    whole = counters[kept]
    waiting = np.flatnonzero(~shown & (public | (counters[:, VISITORS] >= LEAST_TO_CARRY))).tolist()
    return FoldedSingles(
        Singles([values[position] for position in kept], without_side_counters(dimension, whole, k)),
        whole,
        len(cells.values) - sum(values[position] != NOT_SET for position in kept),
        Singles([values[position] for position in waiting], counters[waiting]),
    )


def _with_not_set(dimension: Dimension, cells: Singles, totals: Numbers) -> Singles:
    """The cells and one for visits that had no value. Its visitors are a lower bound: some may have come twice."""
    if TRAITS[dimension].scope is Scope.EVENT:
        return cells
    rest = np.maximum(totals - cells.counters.sum(axis=0), 0)
    if not rest[measure(dimension)]:
        return cells
    return Singles([*cells.values, NOT_SET], np.vstack([cells.counters, rest]))


def _shown(values: Sequence[str], counters: Numbers, public: Flags, everybody: int, k: int) -> Flags:
    if everybody < k:
        return np.zeros(len(values), dtype=bool)
    visitors = counters[:, VISITORS]
    shown = public | (visitors >= k)
    hideable = sorted(
        np.flatnonzero(shown & ~public).tolist(),
        key=lambda position: (*counters[position, :2].tolist(), values[position]),
        reverse=True,
    )
    while not shown.all():
        certain = max(int(visitors[~shown].max()), everybody - int(visitors[shown].sum()))
        if certain >= k or not hideable:
            break
        shown[hideable.pop()] = False
    return shown


def without_side_counters(dimension: Dimension, counters: Numbers, k: int) -> Numbers:
    """The counters, without those by which cells of one person could be joined where fewer than k had a value.

    Two cells that both have 1 visitor and a duration of 61,337 ms are the same person's.
    """
    kept = (VISITORS, VISITS, *_KEPT_OF_FEW.get(dimension, ()))
    few = counters[:, VISITORS] < k
    thinned = counters.copy()
    side = np.array([column not in kept for column in range(counters.shape[1])])
    thinned[few[:, np.newaxis] & side] = 0
    return thinned

"""What may be shown of a day that is not over: what its close would keep if it came now. Pure."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from appliance.dimensions import Dimension
from appliance.stats.counters import Counters
from appliance.warehouse.fold.cells import COUNTERS, VISITORS, VISITS, Numbers, Singles
from appliance.warehouse.fold.singles import fold_singles


class OpenDay(NamedTuple):
    """Values of one dimension on one day."""

    shown: dict[str, Counters]
    hidden: int
    """Number of values left out."""


def fold_open_day(
    dimension: Dimension, cells: Singles, totals: Counters, admits: Callable[[str], bool], k: int
) -> OpenDay:
    """Fold the values of one dimension; of properties, those of one key.

    Args:
        totals: of the day.
    """
    # Visits that are still open have no exit page yet; who has none at all is known when they have ended.
    knows_rest = dimension is not Dimension.EXIT_PAGE
    folded = fold_singles(dimension, cells, as_numbers(totals), admits, k, with_not_set=knows_rest)
    thin_below = thin_from(dimension, k)
    shown = {
        value: Counters._make([*row, row[VISITS] if row[VISITORS] < thin_below else 0])
        for value, row in zip(folded.shown.values, folded.shown.counters.tolist(), strict=True)
    }
    return OpenDay(shown, folded.hidden)


def thin_from(dimension: Dimension, k: int) -> int:
    """Number of visitors below which pageviews were dropped from a cell; of pages they never are."""
    return 0 if dimension is Dimension.PAGE else k


def as_numbers(totals: Counters) -> Numbers:
    """As one row of the fold's columns."""
    return np.array(totals[: len(COUNTERS)], dtype=np.int64)

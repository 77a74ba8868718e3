"""Cells as columns of numbers, the form in which the fold works on them. Pure."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from appliance.dimensions import TRAITS, Dimension, Scope

COUNTERS = (
    *("visitors", "visits", "pageviews", "events", "closed", "bounces", "duration_ms"),
    *("engaged_ms", "engaged_visits", "scroll_depth", "scroll_visits", "revenue_minor"),
)
"""Names of the counters in ClickHouse, in the order of the columns here."""
VISITORS, VISITS, PAGEVIEWS, EVENTS = range(4)
REVENUE = COUNTERS.index("revenue_minor")

NOT_SET = ""
"""Value of a cell that stands for visits without any value. A real value is never empty."""

Numbers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]


class Singles(NamedTuple):
    """Cells of one attribute."""

    values: Sequence[str]
    counters: Numbers
    """One row per value, one column per counter."""


class Pairs(NamedTuple):
    """Cells of two attributes, parallel."""

    a: Sequence[str]
    b: Sequence[str]
    counters: Numbers

    def part(self, first: int, end: int) -> "Pairs":
        """The rows from `first` to before `end`."""
        return Pairs(self.a[first:end], self.b[first:end], self.counters[first:end])


def empty(rows: int = 0) -> Numbers:
    """Counters of so many cells, all 0."""
    return np.zeros((rows, len(COUNTERS)), dtype=np.int64)


def measure(*dimensions: Dimension) -> int:
    """The counter that adds up over the cells of these attributes: visits, or events where one belongs to events."""
    return EVENTS if any(TRAITS[dimension].scope is Scope.EVENT for dimension in dimensions) else VISITS


def is_optional(dimension: Dimension) -> bool:
    """Whether most events have no value of it, so that what its values leave over is mostly nobody's value."""
    return dimension in (Dimension.PROPS, Dimension.CURRENCY)


def adds_up(dimension: Dimension) -> bool:
    """Whether an event (a visit) has at most one value of it, so that its cells add up to what is known of all.

    Properties do so key by key. An event can reach several goals.
    """
    return dimension is not Dimension.GOAL

"""What one day leaves for its month: hidden cells, and what is known to be hidden in each slice. Pure.

The counters of a value that is hidden by itself are kept apart from those of days on which it was shown, because only
the latter are parts of a public number.
"""

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

import numpy as np

from appliance.warehouse.fold.cells import Numbers, empty

LEAST_TO_CARRY = 3
"""Visitors that a value nobody declared needs on a day, for its counters of that day to outlive it."""


class Role(IntEnum):
    """What a row is; the numbers are stored."""

    CELL = 1
    ROW = 2
    """Residual of the slice of value `a`; in a table of single cells, of the whole dimension."""
    COLUMN = 3
    """Residual of the slice of value `b`."""
    GROUP_A = 4
    """Residual of the pair that implies `a`'s parent instead of `a`."""
    GROUP_B = 5
    """The same for `b`."""


A_HIDDEN, B_HIDDEN = 1, 2
"""Bits of `hidden`: that value was not shown by itself."""


class Carried(NamedTuple):
    """Rows of one table, as columns."""

    role: Numbers
    hidden: Numbers
    days: Numbers
    """Number of days that a row comes from."""
    a: Sequence[str]
    b: Sequence[str]
    """Of a residual, the key where this side is a property, else empty; as `a` of a COLUMN."""
    counters: Numbers
    """Of a residual in a table of pairs, only visitors (a lower bound) and the counter that adds up."""

    def part(self, rows: Numbers) -> "Carried":
        """Some of the rows."""
        return Carried(
            self.role[rows],
            self.hidden[rows],
            self.days[rows],
            [self.a[i] for i in rows.tolist()],
            [self.b[i] for i in rows.tolist()],
            self.counters[rows],
        )


_NONE = np.zeros(0, dtype=np.int64)
NOTHING_CARRIED = Carried(_NONE, _NONE, _NONE, [], [], empty())


def of_one_day(
    role: Role, a: Sequence[str], b: Sequence[str], counters: Numbers, hidden: Numbers | None = None
) -> Carried:
    """Rows of one role and one day."""
    size = len(a)
    zeros = np.zeros(size, dtype=np.int64)
    return Carried(zeros + role, zeros if hidden is None else hidden, zeros + 1, a, b, counters)


def together(parts: Sequence[Carried]) -> Carried:
    """Rows one after another."""
    found = [part for part in parts if len(part.a)]
    if not found:
        return NOTHING_CARRIED
    return Carried(
        np.concatenate([part.role for part in found]),
        np.concatenate([part.hidden for part in found]),
        np.concatenate([part.days for part in found]),
        [value for part in found for value in part.a],
        [value for part in found for value in part.b],
        np.vstack([part.counters for part in found]),
    )

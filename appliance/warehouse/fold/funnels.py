"""Which steps of funnels may be kept when a day is closed, and what may be said of them before. Pure.

Visitors who reached a step reached all before it: what two steps differ by left between them. So a kept step has at
least k visitors, and of the kept step before it as many or at least k fewer.
"""

from itertools import groupby

import numpy as np

from appliance.events import split_funnel_step
from appliance.warehouse.fold.cells import VISITORS, Singles


def fold_funnels(cells: Singles, k: int) -> Singles:
    """Fold the steps of all funnels.

    Args:
        cells: values as `events.funnel_step` makes them.
    """
    reached = cells.counters[:, VISITORS].tolist()
    rows = sorted(range(len(cells.values)), key=lambda row: split_funnel_step(cells.values[row]))
    kept: list[int] = []
    for _, steps in groupby(rows, key=lambda row: split_funnel_step(cells.values[row])[0]):
        before: int | None = None
        for row in steps:
            if reached[row] >= k and (before is None or reached[row] == before or before - reached[row] >= k):
                kept.append(row)
                before = reached[row]
    numbers = np.array(kept, dtype=np.int64)
    return Singles([cells.values[row] for row in kept], cells.counters[numbers])


def certain_so_far(visitors: int, k: int) -> int:
    """What may be said on a running day of a step that so many reached: a multiple of k, so that whoever asks again
    and again sees neither one more nor a small difference between two steps.

    >>> certain_so_far(4, 5), certain_so_far(13, 5)
    (0, 10)
    """
    return visitors // k * k

"""Which ways from page to page may be kept. Pure.

No single cell says how often a page was left for another, but pageviews less entries, or less exits, say nearly that.
So the sums of each page's ways, in and out, are taken as known, and nobody is certain to be in them.
"""

from collections.abc import Sequence

import numpy as np

from appliance.warehouse.fold.cells import EVENTS, VISITORS, VISITS, Numbers, Pairs
from appliance.warehouse.fold.slices import Slices, Table, fold_table


def fold_transitions(pages: Sequence[str], cells: Pairs, k: int) -> Pairs:
    """Fold the pairs of a page and the one before it.

    Args:
        pages: those that are shown by themselves.
    """
    position = {page: number for number, page in enumerate(pages)}
    nowhere = len(pages)
    to, previous = (
        np.fromiter((position.get(page, nowhere) for page in side), dtype=np.int64, count=len(side))
        for side in (cells.a, cells.b)
    )
    amount, visitors = cells.counters[:, EVENTS], cells.counters[:, VISITORS]
    order = np.lexsort((previous, to, cells.counters[:, VISITS], visitors))
    table = Table(amount, visitors, order, _slices(to, amount, nowhere), _slices(previous, amount, nowhere))
    candidates = (visitors >= k) & (to < nowhere) & (previous < nowhere)
    kept = np.flatnonzero(fold_table(table, candidates, k, singles_are_shown=False)).tolist()
    return Pairs([cells.a[i] for i in kept], [cells.b[i] for i in kept], cells.counters[kept])


def _slices(of: Numbers, amount: Numbers, size: int) -> Slices:
    # Sums of 64-bit floats are exact up to 2^53.
    sums = np.bincount(of, weights=amount, minlength=size + 1).astype(np.int64)
    return Slices(of, sums, np.zeros(size + 1, dtype=np.int64))

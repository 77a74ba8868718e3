"""How long something took, in buckets: plain integers, because a library's histogram takes a lock for every hit."""

from bisect import bisect_left
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Upper ends of the buckets in seconds; behind the last comes infinity."""


class Buckets(NamedTuple):
    """What was seen until now."""

    counts: tuple[int, ...]
    """Durations up to each bound, and all of them: they add up, as Prometheus wants it."""
    seconds: float
    """Sum of the durations."""


class Durations:
    """Counts durations. One thread writes, others may read."""

    __slots__ = ("_counts", "seconds")

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS) + 1)
        self.seconds = 0.0

    def add(self, seconds: float) -> None:
        """Count one."""
        self._counts[bisect_left(BOUNDS, seconds)] += 1
        self.seconds += seconds

    def buckets(self) -> Buckets:
        """The present state."""
        return Buckets(tuple(accumulate(self._counts)), self.seconds)


def total(several: Iterable[Buckets]) -> Buckets:
    """All of them together."""
    known = list(several)
    return Buckets(tuple(map(sum, zip(*(one.counts for one in known), strict=True))), sum(one.seconds for one in known))

"""The idle clock: which visitors of a shard have a profile, and when each open visit was last heard of.

Held in memory only, rebuilt from the profiles when the worker starts.
"""

from collections import Counter
from heapq import nsmallest
from itertools import islice
from operator import itemgetter

Visitor = tuple[str, bytes]
"""Name of the day key and tag."""
SLICE_MS = 5_000
"""Who is there now is counted in slices of this, so that the look once a second does not grow with the visitors."""


class _Day:
    """Visitors of one site-day. A visitor is in one of the two."""

    __slots__ = ("ended", "last_ms")

    def __init__(self) -> None:
        self.last_ms: dict[bytes, int] = {}
        """Open visits by tag in the order of their last event, and when that was."""
        self.ended: set[bytes] = set()


class OpenVisits:
    """Visitors of one shard, those with an open visit in the order of their last event."""

    def __init__(self) -> None:
        self._days: dict[str, _Day] = {}
        self._heard_of: dict[int, Counter[str]] = {}
        """Slice of the last event to the number of open visits, by the name of their day key."""

    def put(self, visitor: Visitor, last_ms: int, *, is_open: bool) -> None:
        """Note a profile as it was written. Of several, the one heard of first comes first."""
        key_name, tag = visitor
        day = self._days.get(key_name)
        if day is None:
            day = self._days[key_name] = _Day()
        known = day.last_ms.get(tag)
        if is_open and known == last_ms:
            return  # a repeated hit that counted nothing leaves the visit in its place
        if known is not None:
            del day.last_ms[tag]
            self._count(key_name, known, -1)
        if is_open:
            day.ended.discard(tag)
            day.last_ms[tag] = last_ms  # at the end: dicts keep the order of insertion
            self._count(key_name, last_ms, 1)
        else:
            day.ended.add(tag)

    def forget_day(self, key_name: str, tags: list[bytes]) -> None:
        """Note that these profiles of a closed day were deleted."""
        day = self._days.get(key_name)
        if day is None:
            return
        for tag in tags:
            known = day.last_ms.pop(tag, None)
            if known is not None:
                self._count(key_name, known, -1)
        day.ended.difference_update(tags)
        if not day.last_ms and not day.ended:
            del self._days[key_name]

    def __len__(self) -> int:
        """Open visits."""
        return sum(len(day.last_ms) for day in self._days.values())

    def idle(self, before_ms: int, limit: int) -> list[Visitor]:
        """Open visits last heard of before a moment, longest silence first."""
        found: list[tuple[int, Visitor]] = []
        for key_name, day in self._days.items():
            for tag, last_ms in islice(day.last_ms.items(), limit):
                if last_ms >= before_ms:
                    break
                found.append((last_ms, (key_name, tag)))
        return [visitor for _, visitor in nsmallest(limit, found, key=itemgetter(0))]

    def tags_of_day(self, key_name: str) -> list[bytes]:
        """All visitors with a profile of that site-day."""
        day = self._days.get(key_name)
        return sorted([*day.last_ms, *day.ended]) if day else []

    def heard_of_since(self, since_ms: int) -> Counter[str]:
        """Open visits with an event in the slice of a moment or after it, by the name of their day key."""
        counts: Counter[str] = Counter()
        first = since_ms // SLICE_MS
        for number, of_days in self._heard_of.items():
            if number >= first:
                counts.update(of_days)
        return counts

    def _count(self, key_name: str, last_ms: int, change: int) -> None:
        of_days = self._heard_of.setdefault(last_ms // SLICE_MS, Counter())
        of_days[key_name] += change
        if not of_days[key_name]:
            del of_days[key_name]
            if not of_days:
                del self._heard_of[last_ms // SLICE_MS]

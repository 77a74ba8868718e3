"""The idle clock: which visitors of a shard have a profile, and when each open visit was last heard of.

Held in memory only, rebuilt from the profiles when the worker starts.
"""

from collections.abc import Iterator

Visitor = tuple[str, bytes]
"""Name of the day key and tag."""


class OpenVisits:
    """Visitors of one shard, those with an open visit in the order of their last event."""

    def __init__(self) -> None:
        self._last_ms: dict[Visitor, int] = {}
        self._tags: dict[str, set[bytes]] = {}

    def put(self, visitor: Visitor, last_ms: int, *, is_open: bool) -> None:
        """Note a profile as it was written. Of several, the one heard of first comes first."""
        # A repeated hit that counted nothing leaves the visit in its place.
        if not is_open or self._last_ms.get(visitor) != last_ms:
            self._last_ms.pop(visitor, None)
            if is_open:
                self._last_ms[visitor] = last_ms  # at the end: dicts keep the order of insertion
        self._tags.setdefault(visitor[0], set()).add(visitor[1])

    def forget_day(self, key_name: str, tags: list[bytes]) -> None:
        """Note that these profiles of a closed day were deleted."""
        for tag in tags:
            self._last_ms.pop((key_name, tag), None)
        remaining = self._tags.get(key_name, set())
        remaining.difference_update(tags)
        if not remaining:
            self._tags.pop(key_name, None)

    def __len__(self) -> int:
        """Open visits."""
        return len(self._last_ms)

    def idle(self, before_ms: int, limit: int) -> list[Visitor]:
        """Open visits last heard of before a moment, longest silence first."""
        found: list[Visitor] = []
        for visitor, last_ms in self._last_ms.items():
            if last_ms >= before_ms or len(found) == limit:
                break
            found.append(visitor)
        return found

    def tags_of_day(self, key_name: str) -> list[bytes]:
        """All visitors with a profile of that site-day."""
        return sorted(self._tags.get(key_name, ()))

    def active_since(self, since_ms: int) -> Iterator[Visitor]:
        """Open visits with an event at or after a moment."""
        for visitor in reversed(self._last_ms):
            if self._last_ms[visitor] < since_ms:
                return
            yield visitor

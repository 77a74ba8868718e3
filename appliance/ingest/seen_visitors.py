"""Which visitors this process has seen lately, in fixed memory and without keeping any tag.

A Bloom filter (B. H. Bloom, 1970) in two generations: when the young one has taken its share it becomes the old one,
and what was the old one is forgotten. Nobody who was seen is ever called new before that; at most one new visitor in
forty is called seen.
"""

_PLACES = 1 << 24
"""Bits of one generation: 2 MiB, twice."""
_SHARE = 1_000_000
"""Visitors in one generation, with two bits each: one bit in nine is set then, and 1.3 % of pairs of bits are."""


class SeenVisitors:
    """Remembers tags of visitors.

    Privacy: two bits for a tag, in memory only; a tag is a hash under the key of its day already.
    """

    def __init__(self, places: int = _PLACES, share: int = _SHARE) -> None:
        """Bits and visitors of one generation; the number of bits is a power of two, at most 2 ** 24."""
        self._young, self._old = bytearray(places >> 3), bytearray(places >> 3)
        self._mask = places - 1
        self._share = share
        self._added = 0

    def has(self, tag: bytes) -> bool:
        """Whether a visitor with this tag was added, at the latest one generation ago."""
        number = int.from_bytes(tag[:6], "big")
        one, two = number & self._mask, number >> 24 & self._mask
        bit_one, bit_two = 1 << (one & 7), 1 << (two & 7)
        one, two = one >> 3, two >> 3
        if self._young[one] & bit_one and self._young[two] & bit_two:
            return True
        if self._old[one] & bit_one and self._old[two] & bit_two:
            self.add(tag)
            return True
        return False

    def add(self, tag: bytes) -> None:
        """Remember a visitor who was not in the young generation."""
        if self._added >= self._share:
            self._young, self._old = bytearray(len(self._young)), self._young
            self._added = 0
        number = int.from_bytes(tag[:6], "big")
        for place in (number & self._mask, number >> 24 & self._mask):
            self._young[place >> 3] |= 1 << (place & 7)
        self._added += 1

"""Remembers what was worked out for a personal text, without the text.

Results are kept under a keyed hash whose key is as old as the process and never leaves it: whoever finds the memo finds
classes and families, and no way to ask who has them.
"""

import hashlib
import secrets
from typing import Generic, TypeVar

_Result = TypeVar("_Result")
_KEY_BYTES = 32
_HASH_BYTES = 16


class KeyedMemo(Generic[_Result]):
    """At most `entries` results, and at least half of those asked for last.

    They stand in two dictionaries: when the young one is half as large as allowed, the old one is thrown away and the
    young one becomes old. What is found in the old one moves. To keep an order among them would cost more per hit.

    Privacy: results must be free of what they were made from.
    """

    def __init__(self, entries: int) -> None:
        self._entries = entries
        self._keyed = hashlib.blake2b(key=secrets.token_bytes(_KEY_BYTES), digest_size=_HASH_BYTES)
        self._young: dict[bytes, _Result] = {}
        self._old: dict[bytes, _Result] = {}

    def __len__(self) -> int:
        return len(self._young) + len(self._old)

    def hashed(self, message: bytes) -> bytes:
        """What a message is remembered under. Takes 1 µs."""
        hashed = self._keyed.copy()  # a fifth cheaper than to begin with the key each time
        hashed.update(message)
        return hashed.digest()

    def get(self, hashed: bytes) -> _Result | None:
        """The result, if remembered."""
        found = self._young.get(hashed)
        if found is None and (found := self._old.pop(hashed, None)) is not None:
            self.put(hashed, found)
        return found

    def put(self, hashed: bytes, result: _Result) -> None:
        """Remember a result."""
        if len(self._young) >= self._entries // 2:
            self._old, self._young = self._young, {}
        self._young[hashed] = result

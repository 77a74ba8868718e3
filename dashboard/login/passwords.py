"""Checks passwords against Argon2id hashes, one at a time and not too often per name and per network.

An unknown name costs the same time as a wrong password. Neither names nor passwords nor addresses are logged or kept;
failed attempts are counted in memory under a keyed hash.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Mapping

import argon2

ATTEMPTS = 10
"""Failed attempts per name that are free."""
REFILL_SECONDS = 30.0
"""One more attempt becomes free after this time."""
NETWORK_ATTEMPTS = 50
"""The same per network, whatever the names: behind one may be an office."""
NETWORK_REFILL_SECONDS = 10.0
_MAX_WAITING = 16
_MAX_LABELS = 4096


class TooManyAttemptsError(Exception):
    """Too many failed attempts, or too many people waiting; trying later can succeed."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many attempts")
        self.retry_after_seconds = retry_after_seconds


class Attempts:
    """Failed attempts by label; they fade one by one. Holds no name and no address."""

    def __init__(self, free: int, refill_seconds: float, clock: Callable[[], float]) -> None:
        self._free = free
        self._refill_seconds = refill_seconds
        self._clock = clock
        self._salt = secrets.token_bytes(16)
        self._failed: dict[bytes, tuple[float, float]] = {}

    def label(self, text: str) -> bytes:
        """What stands for a text."""
        return hashlib.blake2b(text.encode("utf-8", "surrogateescape"), key=self._salt, digest_size=16).digest()

    def seconds_until_free(self, label: bytes) -> int:
        """How long the next attempt has to wait."""
        over = self._still_counts(label) - self._free + 1
        return int(over * self._refill_seconds) if over > 0 else 0

    def add(self, label: bytes) -> None:
        """One more."""
        self._failed[label] = (self._still_counts(label) + 1, self._clock())
        if len(self._failed) > _MAX_LABELS:
            self._failed = {one: kept for one, kept in self._failed.items() if self._still_counts(one) > 0}
        while len(self._failed) > _MAX_LABELS:
            self._failed.pop(next(iter(self._failed)))

    def take_back(self, label: bytes) -> None:
        """The last one did not fail."""
        count, at = self._failed.get(label, (0.0, 0.0))
        self._failed[label] = (max(0.0, count - 1), at)

    def forget(self, label: bytes) -> None:
        """None has failed."""
        self._failed.pop(label, None)

    def _still_counts(self, label: bytes) -> float:
        count, at = self._failed.get(label, (0.0, 0.0))
        return max(0.0, count - (self._clock() - at) / self._refill_seconds)


class Passwords:
    """Knows how often names and networks failed lately.

    Args:
        clock: seconds; only differences matter.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._hasher = argon2.PasswordHasher()
        self._names = Attempts(ATTEMPTS, REFILL_SECONDS, clock)
        self._networks = Attempts(NETWORK_ATTEMPTS, NETWORK_REFILL_SECONDS, clock)
        # Argon2 takes 64 MiB and a core: one at a time, so that a flood cannot take the machine.
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0

    async def check(self, hashes: Mapping[str, str], name: str, password: str, network: str = "") -> bool:
        """Whether name and password fit.

        Args:
            hashes: Argon2id hash of each name.
            name: as typed in.
            password: as typed in.
            network: where the attempt came from; empty: not known.

        Raises:
            TooManyAttemptsError: without having looked at the password.
        """
        label, place = self._names.label(name), self._networks.label(network)
        wait = max(self._names.seconds_until_free(label), self._networks.seconds_until_free(place) if network else 0)
        if wait:
            raise TooManyAttemptsError(wait)
        if self._waiting >= _MAX_WAITING:
            raise TooManyAttemptsError(5)
        # Counted before the slow part: attempts that arrive together count too.
        self._names.add(label)
        if network:
            self._networks.add(place)
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                is_right = await asyncio.to_thread(self._verify, hashes, name, password)
        finally:
            self._waiting -= 1
        if is_right:
            self._names.forget(label)
            self._networks.take_back(place)
        return is_right

    def _verify(self, hashes: Mapping[str, str], name: str, password: str) -> bool:
        hashed = hashes.get(name) or next(iter(hashes.values()), None)
        if hashed is None:
            return False
        try:
            self._hasher.verify(hashed, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return False
        return name in hashes

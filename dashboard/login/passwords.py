"""Checks passwords against Argon2id hashes, one at a time and not too often per name.

An unknown name costs the same time as a wrong password. Neither names nor passwords are logged or kept;
failed attempts are counted under a keyed hash of the name.
"""

import asyncio
import hashlib
import secrets
from collections.abc import Callable, Sequence

import argon2

from dashboard.options import DashboardUser

ATTEMPTS = 10
"""Failed attempts per name that are free."""
REFILL_SECONDS = 30.0
"""One more attempt becomes free after this time."""
_MAX_WAITING = 16
_MAX_NAMES = 4096


class TooManyAttemptsError(Exception):
    """Too many failed attempts, or too many people waiting; trying later can succeed."""

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__("too many attempts")
        self.retry_after_seconds = retry_after_seconds


class Passwords:
    """Knows the users' hashes and how often each name failed lately.

    Args:
        users: who may log in.
        clock: seconds; only differences matter.
    """

    def __init__(self, users: Sequence[DashboardUser], clock: Callable[[], float]) -> None:
        self._users = {user.name: user for user in users}
        self._decoy = next(iter(users), None)
        self._clock = clock
        self._hasher = argon2.PasswordHasher()
        # Argon2 takes 64 MiB and a core: one at a time, so that a flood cannot take the machine.
        self._one_at_a_time = asyncio.Lock()
        self._waiting = 0
        self._salt = secrets.token_bytes(16)
        self._failures: dict[bytes, tuple[float, float]] = {}

    async def check(self, name: str, password: str) -> DashboardUser | None:
        """The user if name and password fit.

        Raises:
            TooManyAttemptsError: without having looked at the password.
        """
        label = hashlib.blake2b(name.encode(), key=self._salt, digest_size=16).digest()
        failed = self._failed(label)
        if failed >= ATTEMPTS:
            raise TooManyAttemptsError(int((failed - ATTEMPTS + 1) * REFILL_SECONDS))
        if self._waiting >= _MAX_WAITING:
            raise TooManyAttemptsError(5)
        # Counted before the slow part: attempts that arrive together count too.
        self._failures[label] = (failed + 1, self._clock())
        self._waiting += 1
        try:
            async with self._one_at_a_time:
                user = await asyncio.to_thread(self._verify, name, password)
        finally:
            self._waiting -= 1
        if user is not None:
            self._failures.pop(label, None)
        self._forget_some()
        return user

    def _verify(self, name: str, password: str) -> DashboardUser | None:
        user = self._users.get(name)
        hashed = user or self._decoy
        if hashed is None:
            return None
        try:
            self._hasher.verify(hashed.password_hash, password)
        except (argon2.exceptions.VerificationError, argon2.exceptions.InvalidHashError):
            return None
        return user

    def _failed(self, label: bytes) -> float:
        """Failed attempts that still count; they fade one by one."""
        count, at = self._failures.get(label, (0.0, 0.0))
        return max(0.0, count - (self._clock() - at) / REFILL_SECONDS)

    def _forget_some(self) -> None:
        if len(self._failures) > _MAX_NAMES:
            self._failures = {label: kept for label, kept in self._failures.items() if self._failed(label) > 0}
        while len(self._failures) > _MAX_NAMES:
            self._failures.pop(next(iter(self._failures)))

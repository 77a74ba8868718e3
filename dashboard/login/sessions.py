"""Logins of the dashboard: a random token in a cookie, and its hash in the records.

A login ends after a stated time, after a shorter one without use, when it is ended by hand, when its user is gone from
the configuration, and when the password has changed. It survives a restart.
"""

import contextlib
import hashlib
import hmac
import secrets
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dashboard.options import DashboardUser
from dashboard.records import Records

COOKIE_NAME = "appliance-session"
_MAX_TOKEN_LENGTH = 128
_USED_EVERY_SECONDS = 60
"""The moment of the last use is kept this exactly: more would cost a write with every click."""


@dataclass(frozen=True)
class Login:
    """One login, for lists. Moments are seconds since 1970."""

    id: str
    name: str
    started_at: int
    used_at: int
    """To the minute."""
    ends_at: int


class Sessions:
    """Begins, reads, lists and ends logins.

    Args:
        records: where they are kept.
        users: who exists; a login of anybody else is worthless.
        lifetime_seconds: from login to end.
        idle_seconds: from the last use to the end.
        clock: seconds since 1970.
    """

    def __init__(
        self,
        records: Records,
        users: Sequence[DashboardUser],
        lifetime_seconds: int,
        idle_seconds: int,
        clock: Callable[[], float],
    ) -> None:
        self._records = records
        self._users = {user.name: user for user in users}
        self._lifetime_seconds = lifetime_seconds
        self._idle_seconds = idle_seconds
        self._clock = clock
        self.drop_ended()

    def issue(self, user: DashboardUser) -> str:
        """Begin a login; returns its token.

        Raises:
            sqlite3.Error: it cannot be kept.
        """
        self.drop_ended()
        token, now = secrets.token_urlsafe(32), int(self._clock())
        self._records.run(
            "insert_session",
            id=secrets.token_hex(4),
            token_hash=_hash(token),
            name=user.name,
            credential=_credential(user),
            now=now,
            ends_at=now + self._lifetime_seconds,
        )
        return token

    def read(self, token: str, *, is_use: bool = False) -> DashboardUser | None:
        """The user of a valid token, None for any other text.

        Args:
            token: of a cookie.
            is_use: somebody did something: the time without use begins anew.
        """
        found = self._find(token)
        if found is None:
            return None
        if is_use and self._clock() - found[2] >= _USED_EVERY_SECONDS:
            # A full disk must not end a login.
            with contextlib.suppress(sqlite3.Error):
                self._records.run("use_session", id=found[0], now=int(self._clock()))
        return found[1]

    def id_of(self, token: str) -> str:
        """Which login of the list a token belongs to; empty if it is not valid."""
        found = self._find(token)
        return found[0] if found else ""

    def end(self, token: str) -> None:
        """Make a valid token worthless; any other text is ignored."""
        if found := self._find(token):
            self.end_login(found[0])

    def end_login(self, login: str) -> bool:
        """End the login of a list; says whether there was one."""
        was_there = any(one.id == login for one in self.logins())
        self._records.run("end_session", id=login)
        return was_there

    def logins(self) -> list[Login]:
        """All that have not ended, the one used last first."""
        return [Login(*row) for row in self._records.run("list_sessions", **self._moments())]

    def drop_ended(self) -> None:
        """Forget all that have ended."""
        self._records.run("drop_ended_sessions", **self._moments())

    def _find(self, token: str) -> tuple[str, DashboardUser, int] | None:
        if not 0 < len(token) <= _MAX_TOKEN_LENGTH:
            return None
        for login, name, credential, used_at in self._records.run(
            "session_of", token_hash=_hash(token), **self._moments()
        ):
            user = self._users.get(name)
            if user is not None and hmac.compare_digest(credential, _credential(user)):
                return login, user, used_at
        return None

    def _moments(self) -> dict[str, int]:
        now = int(self._clock())
        return {"now": now, "idle_since": now - self._idle_seconds}


def _hash(token: str) -> bytes:
    """A token is random: a plain hash of it cannot be turned round."""
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _credential(user: DashboardUser) -> bytes:
    return hashlib.sha256(user.password_hash.encode()).digest()

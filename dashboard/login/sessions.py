"""Signed session cookies: `payload.signature`, both base64url, valid until a fixed moment.

The signature also covers the user's password hash, so a changed password ends all sessions of that user.
A log-out is remembered until the cookie would have expired anyway; a restart of the dashboard forgets it.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Callable, Sequence

import msgspec

from dashboard.options import DashboardUser

COOKIE_NAME = "appliance-session"
_PURPOSE = b"appliance dashboard session 1\0"
_MAX_TOKEN_LENGTH = 2048


class _Payload(msgspec.Struct, frozen=True):
    name: str
    id: str
    expires_at: float


class Sessions:
    """Issues and reads session tokens.

    Args:
        key: signs the tokens.
        users: who exists; a token of anybody else is worthless.
        lifetime_seconds: from login to expiry.
        clock: seconds since 1970.
    """

    def __init__(
        self, key: bytes, users: Sequence[DashboardUser], lifetime_seconds: int, clock: Callable[[], float]
    ) -> None:
        self._key = key
        self._users = {user.name: user for user in users}
        self._lifetime_seconds = lifetime_seconds
        self._clock = clock
        self._revoked: dict[str, float] = {}

    def issue(self, user: DashboardUser) -> str:
        """A new token for the user."""
        expires_at = self._clock() + self._lifetime_seconds
        payload = msgspec.json.encode(_Payload(user.name, secrets.token_urlsafe(12), expires_at))
        return f"{_encode(payload)}.{_encode(self._sign(payload, user))}"

    def read(self, token: str) -> DashboardUser | None:
        """The user of a valid token, None for any other text."""
        found = self._open(token)
        return found[0] if found else None

    def revoke(self, token: str) -> None:
        """Make a valid token worthless; any other text is ignored."""
        found = self._open(token)
        if found is None:
            return
        now = self._clock()
        self._revoked = {id_: until for id_, until in self._revoked.items() if until > now}
        self._revoked[found[1].id] = found[1].expires_at

    def _open(self, token: str) -> tuple[DashboardUser, _Payload] | None:
        if len(token) > _MAX_TOKEN_LENGTH:
            return None
        encoded_payload, _, encoded_signature = token.partition(".")
        try:
            raw, signature = _decode(encoded_payload), _decode(encoded_signature)
            payload = msgspec.json.decode(raw, type=_Payload)
        except (binascii.Error, ValueError, msgspec.DecodeError):
            return None
        user = self._users.get(payload.name)
        if user is None or not hmac.compare_digest(signature, self._sign(raw, user)):
            return None
        if payload.expires_at <= self._clock() or payload.id in self._revoked:
            return None
        return user, payload

    def _sign(self, payload: bytes, user: DashboardUser) -> bytes:
        password = hashlib.sha256(user.password_hash.encode()).digest()
        return hmac.digest(self._key, _PURPOSE + password + payload, "sha256")


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

"""Grants: what the stats API may tell the dashboard for one person or shared link, signed, for a minute. Pure.

The dashboard has no key of its own that opens sites: every question carries a grant, and the API holds to it. So a
mistake of a page cannot show what its reader may not see. The same secret signs and opens, HMAC-SHA256.
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Callable
from enum import StrEnum
from typing import Any

import msgspec

from appliance.stats.contract import Question

ANY_SITE = "*"
"""In a list of sites: all of them."""
PREFIX = "grant."
SECONDS = 60.0
"""How long a grant holds."""
_MOST_SECONDS = 2 * SECONDS
_PURPOSE = b"appliance grant 1\0"


class Right(StrEnum):
    """Something that one may do for a site."""

    NUMBERS = "numbers"
    """Reports and current visitors."""
    QUALITY = "quality"
    """What became of hits, and why."""
    SETUP = "setup"
    """The tag, goals and properties as configured."""
    PRIVACY = "privacy"
    """What is kept, how long, and the evidence; no numbers of visitors."""
    LINKS = "links"
    """Making and revoking shared links."""
    PEOPLE = "people"
    """Seeing and ending logins of others."""


class Granted(msgspec.Struct, frozen=True):
    """Rights for some sites."""

    rights: frozenset[Right]
    sites: tuple[str, ...]
    """Ids; `*` for all."""

    def covers(self, right: Right, site: str) -> bool:
        """Whether they hold for a site; `*` asks for all sites."""
        return right in self.rights and (ANY_SITE in self.sites or site in self.sites)


class Grant(msgspec.Struct, frozen=True):
    """What one reader may ask until a moment."""

    name: str
    """Of the person or shared link, for nothing but the log."""
    granted: tuple[Granted, ...]
    until: float
    """Seconds since 1970."""
    only: tuple[list[Any], ...] = ()
    """Filters as in a `Question` that hold for every question."""

    may_change = False

    def may(self, right: Right, site: str) -> bool:
        """Whether the reader has a right for a site."""
        return any(one.covers(right, site) for one in self.granted)

    def may_read(self, site: str) -> bool:
        """Whether the reader sees the numbers of a site."""
        return self.may(Right.NUMBERS, site)

    def knows(self, site: str) -> bool:
        """Whether the reader has any right for a site."""
        return any(self.may(right, site) for right in Right)


def locked(question: Question, only: tuple[list[Any], ...]) -> Question:
    """The question with the filters that hold for every question of its asker.

    Filters beside each other are joined by "and", so that nothing in the question can take one away.
    """
    own = [one for one in question.filters if one not in only]
    return msgspec.structs.replace(question, filters=[*only, *own]) if only else question


def signed(grant: Grant, key: str) -> str:
    """The text that `opened` takes, URL-safe."""
    payload = msgspec.json.encode(grant)
    return f"{PREFIX}{_encode(payload)}.{_encode(_mac(payload, key))}"


class Grants:
    """Opens grants.

    Args:
        key: the secret of dashboard and API; empty: none opens.
        clock: seconds since 1970.
    """

    def __init__(self, key: str, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock

    def opened(self, token: str) -> Grant | None:
        """The grant of a valid token, None for any other text."""
        encoded_payload, _, encoded_mac = token.removeprefix(PREFIX).partition(".")
        if not self._key or not token.startswith(PREFIX):
            return None
        try:
            payload, mac = _decode(encoded_payload), _decode(encoded_mac)
        except (binascii.Error, ValueError):
            return None
        if not hmac.compare_digest(mac, _mac(payload, self._key)):
            return None
        try:
            grant = msgspec.json.decode(payload, type=Grant)
        except msgspec.DecodeError:
            return None
        return grant if 0 < grant.until - self._clock() <= _MOST_SECONDS else None


def _mac(payload: bytes, key: str) -> bytes:
    return hmac.digest(key.encode(), _PURPOSE + payload, hashlib.sha256)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)

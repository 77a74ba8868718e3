"""Shared links: a random token in an address, and its hash in the records. Each shows one site, and maybe one filter.

Who has the address needs no login; a link may want a password, and may end. It never changes anything.
"""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field

import argon2
import msgspec

from appliance.stats.grants import Granted, Right
from dashboard import filters
from dashboard.filters import Filter
from dashboard.records import Records
from dashboard.rights import Reader

LONGEST_LABEL = 80
LEAST_PASSWORD = 10
"""Characters of a password."""
_MAX_TOKEN_LENGTH = 128
_PURPOSE = b"appliance shared link opened 1\0"
_RIGHTS = frozenset({Right.NUMBERS})


class LinkError(Exception):
    """A link cannot be made; the text is a sentence for whoever wants it."""


@dataclass(frozen=True)
class Link:
    """One shared link. Moments are seconds since 1970."""

    id: str
    label: str
    site: str
    only: tuple[Filter, ...]
    password_hash: str = field(repr=False)
    """Empty: none is needed."""
    created_by: str
    created_at: int
    ends_at: int | None

    @property
    def reader(self) -> Reader:
        """What somebody with the link may."""
        return Reader(self.label, (Granted(_RIGHTS, (self.site,)),), self.only, is_person=False)


class Links:
    """Makes, finds, lists and ends links.

    Args:
        records: where they are kept.
        key: signs that a password was given.
        clock: seconds since 1970.
    """

    def __init__(self, records: Records, key: str, clock: Callable[[], float]) -> None:
        self._records = records
        self._key = key
        self._clock = clock

    def create(
        self,
        site: str,
        label: str,
        created_by: str,
        only: tuple[Filter, ...] = (),
        password: str = "",
        seconds: int | None = None,
    ) -> str:
        """Make a link; returns its token, which cannot be read again.

        Args:
            site: id.
            label: its name in lists, and what readers of the link are called.
            created_by: name of a person.
            only: filters to which it is locked.
            password: empty: none is needed.
            seconds: until it ends; None: never.

        Raises:
            LinkError: the label or the password is too short or too long.
            sqlite3.Error: it cannot be kept.
        """
        label = label.strip()
        if not 0 < len(label) <= LONGEST_LABEL:
            raise LinkError(f"A link needs a name of at most {LONGEST_LABEL} characters.")
        if password and len(password) < LEAST_PASSWORD:
            raise LinkError(f"A password needs {LEAST_PASSWORD} characters at least.")
        self.drop_ended()
        token, now = secrets.token_urlsafe(24), int(self._clock())
        self._records.run(
            "insert_link",
            id=secrets.token_hex(4),
            token_hash=_hash(token),
            label=label,
            site=site,
            filters=msgspec.json.encode([one.text for one in only]).decode(),
            password_hash=argon2.PasswordHasher().hash(password) if password else "",
            created_by=created_by,
            now=now,
            ends_at=None if seconds is None else now + seconds,
        )
        return token

    def find(self, token: str) -> Link | None:
        """The link of a token, None for any other text."""
        if not 0 < len(token) <= _MAX_TOKEN_LENGTH:
            return None
        rows = self._records.run("link_of", token_hash=_hash(token), now=int(self._clock()))
        return _link(rows[0]) if rows else None

    def all(self) -> list[Link]:
        """All that have not ended, the newest first."""
        return [_link(row) for row in self._records.run("list_links", now=int(self._clock()))]

    def end(self, link: str) -> bool:
        """End one by its id; says whether there was one."""
        was_there = any(one.id == link for one in self.all())
        self._records.run("end_link", id=link)
        return was_there

    def drop_ended(self) -> None:
        """Forget all that have ended."""
        self._records.run("drop_ended_links", now=int(self._clock()))

    def proof(self, link: Link, until: int) -> str:
        """What shows until a moment that the link's password was given."""
        return f"{until}.{self._mac(link, until)}"

    def is_open(self, link: Link, proof: str) -> bool:
        """Whether the link needs no password, or it was given."""
        if not link.password_hash:
            return True
        until, _, mac = proof.partition(".")
        if not until.isascii() or not until.isdigit() or len(until) > 12 or int(until) <= self._clock():
            return False
        return hmac.compare_digest(mac.encode("utf-8", "surrogateescape"), self._mac(link, int(until)).encode())

    def _mac(self, link: Link, until: int) -> str:
        text = f"{link.id}\0{link.password_hash}\0{until}"
        return hmac.digest(self._key.encode(), _PURPOSE + text.encode(), hashlib.sha256).hex()


def _hash(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def _link(row: tuple[str, str, str, str, str, str, int, int | None]) -> Link:
    link, label, site, texts, *rest = row
    return Link(link, label, site, filters.read(msgspec.json.decode(texts)), *rest)  # type: ignore[arg-type]

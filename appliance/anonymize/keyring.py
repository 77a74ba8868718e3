"""Keys by name, as objects that compute with them: tags, tokens and seals.

Hash and cipher objects are built on the mapped page and dropped as soon as the page's generation changes, because
what is derived from a key as `bytes` would survive in memory. Nothing here ever returns key material.
"""

import hashlib
import os
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from appliance.anonymize.key_page import KeyPage, Slot
from appliance.clock import Clock
from appliance.errors import KeyGoneError

_NONCE_BYTES = 12
_TAG_BYTES = 16
_TOKEN_BYTES = 8
_ACK_SECONDS = 10.0
DAY_KEYS_FILE = "day-keys"
TRANSPORT_KEYS_FILE = "transport-keys"


def day_key_name(site: str, day: date) -> str:
    """Name of the key of a site's local day; also the name of what is sealed under it."""
    return f"{site}|{day.isoformat()}"


def split_key_name(name: str) -> tuple[str, date]:
    """Site and day of a key name."""
    site, _, day = name.rpartition("|")
    return site, date.fromisoformat(day)


class DayKey:
    """One key: three hash and cipher objects built on its slot of the page."""

    __slots__ = ("_cipher", "_tag", "_token", "name")

    def __init__(self, page: KeyPage, slot: Slot) -> None:
        self.name = slot.name
        tag, token, seal = page.fields(slot)
        self._tag = hashlib.blake2b(key=tag, digest_size=_TAG_BYTES)
        self._token = hashlib.blake2b(key=token, digest_size=_TOKEN_BYTES)
        self._cipher = AESGCM(seal)

    def tag(self, message: bytes) -> bytes:
        """Keyed BLAKE2b-128 of a visitor's message: the DayVisitorTag (RFC 7693)."""
        digest = self._tag.copy()
        digest.update(message)
        return digest.digest()

    def token(self, message: bytes) -> bytes:
        """Keyed 8-byte BLAKE2b hash of an attribute value or event id."""
        digest = self._token.copy()
        digest.update(message)
        return digest.digest()

    def seal(self, plaintext: bytes, associated: bytes) -> bytes:
        """AES-256-GCM with a random nonce in front of the ciphertext."""
        nonce = os.urandom(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, plaintext, associated)

    def open(self, sealed: bytes, associated: bytes) -> bytes:
        """Undo `seal`.

        Raises:
            KeyGoneError: sealed under another key of that name, or damaged; never readable again.
        """
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], associated)
        except InvalidTag:
            raise KeyGoneError(f"a value of {self.name} is not sealed under its present key") from None


class DestroyedKey(NamedTuple):
    """What the evidence log says of a destruction."""

    name: str
    created_at: float
    commitment: str
    """BLAKE2b-128 over the key, the same as logged at its creation; shows which key died, not what it was. Empty where
    whoever destroyed it died before saying so."""
    unacknowledged: list[int]
    """Pids that had not dropped their objects after ten seconds; empty if all did."""


class Keyring:
    """The keys of one page. Cheap to ask: one comparison of the page's generation per call."""

    def __init__(self, page: KeyPage, clock: Clock, uptime: Clock | None = None) -> None:
        """`uptime` cannot be set; None: neither can the clock."""
        self._page = page
        self._clock = clock
        self._uptime = uptime or clock
        self._keys: dict[str, DayKey] = {}
        self._generation = page.generation
        self.on_destroyed: Callable[[], None] = lambda: None
        """Called before it is acknowledged that a key was destroyed."""
        self.is_ended: Callable[[str], bool] = lambda _name: False
        """Whether a key of that name existed and is gone for good, by more than the page remembers."""
        page.acknowledge(self._generation)

    @classmethod
    def open(cls, directory: Path, clock: Clock, file: str = DAY_KEYS_FILE, uptime: Clock | None = None) -> "Keyring":
        """Map the key page of a directory; it is made, mode 0600, if it is not there.

        Raises:
            StartError: wrong file, or the page cannot be locked in memory.
        """
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        return cls(KeyPage(directory / file), clock, uptime)

    def refresh(self) -> None:
        """Drop the objects of destroyed keys and acknowledge. Each process calls it at least every second."""
        generation = self._page.generation
        if generation != self._generation:
            self._keys.clear()
            self._generation = generation
            self.on_destroyed()
            self._page.acknowledge(generation)

    def day_key(self, site: str, day: date, *, create: bool) -> DayKey:
        """The key of a site's local day.

        Raises:
            KeyGoneError: there is none and `create` is false, or it was destroyed.
        """
        return self.key(day_key_name(site, day), create=create)

    def key(self, name: str, *, create: bool = False) -> DayKey:
        """The key of that name; see `day_key`."""
        if self._page.generation != self._generation:
            self.refresh()
        found = self._keys.get(name)
        return found if found is not None else self._build(name, create)

    def _build(self, name: str, create: bool) -> DayKey:
        with self._page.locked():
            slot = self._page.find(name)
            if slot is None:
                if not create or self._page.was_destroyed(name) or self.is_ended(name):
                    raise KeyGoneError(f"there is no key {name}")
                slot = self._page.create(name, int(self._clock() * 1000), max(0, int(self._uptime())))
            key = self._keys[name] = DayKey(self._page, slot)
        return key

    def seal(self, name: str, plaintext: bytes, associated: bytes) -> bytes:
        """Seal under the key of that name; a `Sealer` for `appliance.state`."""
        return self.key(name).seal(plaintext, associated)

    def unseal(self, name: str, sealed: bytes, associated: bytes) -> bytes:
        """Open what was sealed under the key of that name."""
        return self.key(name).open(sealed, associated)

    def live(self) -> list[Slot]:
        """All keys that are not destroyed."""
        with self._page.locked():
            return self._page.live_slots()

    def commitment(self, slot: Slot) -> str:
        """Hash that identifies a key in the evidence log without telling anything of it."""
        digest = hashlib.blake2b(self._page.secret(slot), digest_size=16, person=b"key-commitment")
        return digest.hexdigest()

    def mark_logged(self, slot: Slot) -> None:
        """Note that the creation of this key, or its end, stands in the evidence log."""
        with self._page.locked():
            self._page.mark_logged(slot)

    def forget(self, site: str) -> None:
        """Let destroyed keys of a site be made anew: nothing that they sealed is left, as after its erasure."""
        with self._page.locked():
            self._page.forget(f"{site}|")

    def destroy(self, slot: Slot) -> DestroyedKey:
        """Zero a key and wait until every process that maps the page has dropped what it built on it."""
        with self._page.locked():
            current = self._page.find(slot.name)
            if current is None:
                raise KeyGoneError(f"there is no key {slot.name}")
            commitment = self.commitment(current)
            generation = self._page.destroy(current)
        self.refresh()
        return DestroyedKey(slot.name, current.created_ms / 1000, commitment, self._await_others(generation))

    def unlogged_ends(self) -> list[tuple[Slot, DestroyedKey]]:
        """Keys that somebody destroyed who died before it stood in the evidence log."""
        with self._page.locked():
            slots = self._page.unlogged_tombstones()
        laggards = self._await_others(self._page.generation) if slots else []
        return [(slot, DestroyedKey(slot.name, slot.created_ms / 1000, "", laggards)) for slot in slots]

    def _await_others(self, generation: int) -> list[int]:
        """Pids that have not dropped within ten seconds what they built before `generation`."""
        deadline = time.monotonic() + _ACK_SECONDS
        while (laggards := self._page.laggards(generation)) and time.monotonic() < deadline:
            time.sleep(0.005)  # other processes: there is no event to wait for
        return laggards

"""The sealed envelope of everything that concerns a visitor.

Envelope: version, number of items, length of the key's name, name, then nonce and AES-256-GCM ciphertext. Name,
number, purpose and shard are associated data: an envelope moved elsewhere does not open.
"""

import struct
from typing import NamedTuple, Protocol

from appliance.errors import KeyGoneError

_VERSION = 1
_HEAD = struct.Struct(">BIB")


class Sealer(Protocol):
    """Seals and opens under named keys; `appliance.anonymize.keyring.Keyring` is one."""

    def seal(self, name: str, plaintext: bytes, associated: bytes) -> bytes:
        """Raises KeyGoneError when the key is destroyed."""

    def unseal(self, name: str, sealed: bytes, associated: bytes) -> bytes:
        """Raises KeyGoneError when the key is destroyed or another one."""


class Label(NamedTuple):
    """What an envelope says without being opened."""

    key_name: str
    items: int


def seal(sealer: Sealer, key_name: str, place: str, plaintext: bytes, items: int = 1) -> bytes:
    """Seal for a place, for example `events:{3}`; it opens only there.

    Raises:
        KeyGoneError: the key is destroyed.
    """
    encoded = key_name.encode()
    head = _HEAD.pack(_VERSION, items, len(encoded)) + encoded
    return head + sealer.seal(key_name, plaintext, head + place.encode())


def label(envelope: bytes) -> Label:
    """Read the label.

    Raises:
        KeyGoneError: not an envelope of this version.
    """
    try:
        version, items, length = _HEAD.unpack_from(envelope)
        name = envelope[_HEAD.size : _HEAD.size + length].decode()
    except (struct.error, UnicodeDecodeError):
        raise KeyGoneError("not an envelope") from None
    if version != _VERSION or len(name.encode()) != length:
        raise KeyGoneError("not an envelope of this version")
    return Label(name, items)


def unseal(sealer: Sealer, place: str, envelope: bytes) -> bytes:
    """Open an envelope found at a place.

    Raises:
        KeyGoneError: the key is destroyed, or the envelope was damaged or moved.
    """
    name = label(envelope).key_name
    head = envelope[: _HEAD.size + len(name.encode())]
    return sealer.unseal(name, envelope[len(head) :], head + place.encode())

"""Things that must be found nowhere, in every form in which a program may have written them down.

Text is looked for as it is, percent-encoded once and twice, in Base64 at each of its three alignments, in hexadecimal,
as unsalted digests, in any case, and inside gzip. Addresses are also looked for as bytes and as numbers.
"""

import base64
import hashlib
import ipaddress
import os
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

_GZIP = b"\x1f\x8b\x08"
_DIGESTS = ("md5", "sha1", "sha256")
_MAX_UNPACKED = 64 << 20


@dataclass(frozen=True)
class Canary:
    """Something personal, and the forms it may have."""

    name: str
    patterns: dict[str, bytes]
    """By encoding, in lower case. Long enough to occur by chance never."""
    short: dict[str, bytes] = field(default_factory=dict)
    """Four bytes of an address may occur by chance: they count only if those of two canaries are found together."""


def text(name: str, value: str) -> Canary:
    """A canary that is text."""
    return Canary(name, _encodings(value))


def address(value: str) -> Canary:
    """A canary that is an IP address."""
    parsed = ipaddress.ip_address(value)
    patterns = _encodings(value)
    short = {}
    if isinstance(parsed, ipaddress.IPv4Address):
        mapped = ipaddress.IPv6Address(b"\0" * 10 + b"\xff\xff" + parsed.packed)
        patterns |= {"as a number": str(int(parsed)).encode(), "mapped": mapped.packed}
        patterns |= {"hex": parsed.packed.hex().encode(), "first 24 bits": value.rpartition(".")[0].encode() + b"."}
        short = {"big endian": parsed.packed, "little endian": parsed.packed[::-1]}
    else:
        patterns |= {"first 64 bits": parsed.packed[:8], "last 64 bits": parsed.packed[8:]}
        patterns |= {"hex": parsed.packed.hex().encode(), "in full": parsed.exploded.encode()}
        patterns |= {"little endian": parsed.packed[::-1]}
    patterns |= {f"{name} of the bytes": _digest(name, parsed.packed) for name in _DIGESTS}
    return Canary(value, {how: pattern.lower() for how, pattern in patterns.items()}, short)


def _encodings(value: str) -> dict[str, bytes]:
    raw = value.encode()
    every = "".join(f"%{byte:02x}" for byte in raw)
    patterns = {
        "raw": raw,
        "percent-encoded": quote(value, safe="").encode(),
        "percent-encoded twice": quote(quote(value, safe=""), safe="").encode(),
        "every byte percent-encoded": every.encode(),
        "every byte percent-encoded twice": every.replace("%", "%25").encode(),
        "hexadecimal": raw.hex().encode(),
        "utf-16": value.encode("utf-16-le"),
    }
    for shift in range(3):
        # Characters that also depend on what stands before and behind are left out.
        encoded = base64.b64encode(b"\0" * shift + raw)
        inner = encoded[-(-shift * 8 // 6) : (shift + len(raw)) * 8 // 6]
        patterns[f"base64 at {shift}"] = inner
        patterns[f"base64url at {shift}"] = inner.translate(bytes.maketrans(b"+/", b"-_"))
    for name in _DIGESTS:
        patterns[name] = _digest(name, raw)
        patterns[f"{name} in hexadecimal"] = _digest(name, raw).hex().encode()
    return {how: pattern.lower() for how, pattern in patterns.items()}


def _digest(name: str, content: bytes) -> bytes:
    return hashlib.new(name, content, usedforsecurity=False).digest()


def find(content: bytes, canaries: Iterable[Canary], where: str = "") -> list[str]:
    """What is found in some bytes, in sentences."""
    found = []
    known = list(canaries)
    short: dict[str, set[str]] = {}
    for layer in _layers(content):
        lower = layer.lower()
        found += [
            f"{canary.name} ({how}) in {where}"
            for canary in known
            for how, pattern in canary.patterns.items()
            if pattern in lower
        ]
        for canary in known:
            for how, pattern in canary.short.items():
                if pattern in layer:
                    short.setdefault(how, set()).add(canary.name)
    together = {how: names for how, names in short.items() if len(names) > 1}
    return found + [f"{' and '.join(sorted(names))} ({how}) in {where}" for how, names in together.items()]


def find_in_files(directory: Path, canaries: Iterable[Canary]) -> list[str]:
    """What is found in every byte of every file below a directory, and in the names of files."""
    known, found = list(canaries), []
    # Not rglob: the appliance is at work, and a directory that goes meanwhile is no error.
    paths = [Path(place) / name for place, below, files in os.walk(directory) for name in (*below, *files)]
    for path in sorted(paths):
        found += find(str(path.relative_to(directory)).encode(), known, f"the name {path}")
        if path.is_file() and not path.is_symlink():
            try:
                content = path.read_bytes()
            except FileNotFoundError:  # the appliance is at work
                continue
            found += find(content, known, str(path))
    return found


def _layers(content: bytes) -> Iterator[bytes]:
    """The bytes themselves, and what unpacks of them."""
    yield content
    at = content.find(_GZIP)
    while at >= 0:
        try:
            unpacked = zlib.decompressobj(wbits=31).decompress(content[at:], _MAX_UNPACKED)
        except zlib.error:
            unpacked = b""
        if unpacked:
            yield from _layers(unpacked)
        at = content.find(_GZIP, at + 1)

"""Writes place databases in MaxMind's format, as small as a test needs them (maxmind.github.io/MaxMind-DB).

The tree has records of 32 bits; values are written out each time, without pointers.
"""

import struct
from collections.abc import Mapping
from ipaddress import IPv4Network, ip_network
from pathlib import Path
from typing import Any

_MARKER = b"\xab\xcd\xefMaxMind.com"
_SEPARATOR = bytes(16)
_TEXT, _UINT16, _UINT32, _MAP, _UINT64, _ARRAY = 2, 5, 6, 7, 9, 11
_KINDS = {"build_epoch": _UINT64, "node_count": _UINT32}
"""Numbers of the metadata whose type is not the small one."""
_LAST_PLAIN_KIND = 7


class _Leaf:
    def __init__(self, value: Any) -> None:
        self.value = value


_Node = list[Any]
"""Two branches: None, a node or a leaf."""


def write(path: Path, records: Mapping[str, Any], *, kind: str = "Test-City", built: int = 1_790_000_000) -> Path:
    """Write a database over whatever is there, in one step, as programs that fetch such files do."""
    fresh = path.with_name(path.name + ".new")
    fresh.write_bytes(encode(records, kind=kind, built=built))
    fresh.rename(path)
    return path


def encode(records: Mapping[str, Any], *, kind: str = "Test-City", built: int = 1_790_000_000) -> bytes:
    """A database: records by network, IPv4 and IPv6."""
    root: _Node = [None, None]
    for network in sorted(map(ip_network, records), key=lambda network: network.prefixlen):
        bits = f"{int(network.network_address):0{network.max_prefixlen}b}"[: network.prefixlen]
        _insert(root, "0" * 96 + bits if isinstance(network, IPv4Network) else bits, records[str(network)])
    nodes: list[_Node] = []
    numbers: dict[int, int] = {}
    _number(root, nodes, numbers)
    data = bytearray()
    tree = b"".join(struct.pack(">II", *(_pointer(side, len(nodes), numbers, data) for side in node)) for node in nodes)
    metadata = {
        "binary_format_major_version": 2,
        "binary_format_minor_version": 0,
        "build_epoch": built,
        "database_type": kind,
        "description": {"en": "made up for a test"},
        "ip_version": 6,
        "languages": ["en"],
        "node_count": len(nodes),
        "record_size": 32,
    }
    return tree + _SEPARATOR + bytes(data) + _MARKER + _encoded(metadata)


def city(country: str, region: str, name: str) -> dict[str, Any]:
    """A record as MaxMind writes it, with what nobody here may look at."""
    return {
        "city": {"names": {"de": f"{name} (de)", "en": name}},
        "continent": {"code": "EU", "names": {"en": "Europe"}},
        "country": {"iso_code": country, "names": {"en": "Somewhere"}},
        "location": {"latitude": "52.5196", "longitude": "13.4069", "time_zone": "Europe/Berlin"},
        "postal": {"code": "10117"},
        "subdivisions": [{"iso_code": region, "names": {"en": "A region"}}],
    }


def _insert(root: _Node, bits: str, value: Any) -> None:
    node = root
    for bit in map(int, bits[:-1]):
        below = node[bit]
        if not isinstance(below, list):
            below = node[bit] = [below, below]
        node = below
    node[int(bits[-1])] = _Leaf(value)


def _number(node: _Node, nodes: list[_Node], numbers: dict[int, int]) -> None:
    numbers[id(node)] = len(nodes)
    nodes.append(node)
    for side in node:
        if isinstance(side, list):
            _number(side, nodes, numbers)


def _pointer(side: Any, count: int, numbers: dict[int, int], data: bytearray) -> int:
    if side is None:
        return count
    if isinstance(side, _Leaf):
        data += _encoded(side.value)
        return count + len(_SEPARATOR) + len(data) - len(_encoded(side.value))
    return numbers[id(side)]


def _encoded(value: Any, number: int = _UINT32) -> bytes:
    if isinstance(value, Mapping):
        items = (_encoded(key) + _encoded(item, _KINDS.get(key, _UINT16)) for key, item in value.items())
        return _head(_MAP, len(value)) + b"".join(items)
    if isinstance(value, list):
        return _head(_ARRAY, len(value)) + b"".join(map(_encoded, value))
    if isinstance(value, int):
        content = value.to_bytes((value.bit_length() + 7) // 8, "big")
        return _head(number, len(content)) + content
    content = str(value).encode()
    return _head(_TEXT, len(content)) + content


def _head(kind: int, size: int) -> bytes:
    first, more = (size, b"") if size < 29 else (29, bytes([size - 29]))
    if kind <= _LAST_PLAIN_KIND:
        return bytes([kind << 5 | first]) + more
    return bytes([first, kind - _LAST_PLAIN_KIND]) + more

"""Finds the client's address: the peer, or what configured proxies say, read from the right.

Only `X-Forwarded-For` is read, and only when the peer is a configured proxy. Each proxy appends the address it saw,
so from the right the first one that is no configured proxy is the client; everything left of it is the client's own
invention. An entry that is no address ends the walk at the proxy that vouched for it.
"""

from collections.abc import Sequence
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_MAX_ENTRIES = 32
_LOOPBACK = IPv4Address("127.0.0.1")


class TrustedProxies:
    """The networks of `server.trusted_proxies`."""

    def __init__(self, networks: Sequence[str]) -> None:
        self._networks: tuple[Network, ...] = tuple(ip_network(network) for network in networks)
        self._trusts = lru_cache(maxsize=256)(self._contains)

    def _contains(self, address: Address) -> bool:
        return any(address in network for network in self._networks if network.version == address.version)

    def client_address(self, peer: str | None, forwarded: Sequence[bytes]) -> Address:
        """The client's address.

        Args:
            peer: address of the socket's other end; None for a unix socket, which counts as loopback.
            forwarded: values of all `X-Forwarded-For` headers, in their order.

        Privacy: the result is personal and stays in the memory of the request.
        """
        address = _unmapped(ip_address(peer)) if peer else _LOOPBACK
        if not self._networks or not forwarded or not self._trusts(address):
            return address
        entries = b",".join(forwarded).split(b",")[-_MAX_ENTRIES:]
        for entry in reversed(entries):
            claimed = parse_forwarded(entry)
            if claimed is None:
                return address
            address = claimed
            if not self._trusts(address):
                return address
        return address


def parse_forwarded(entry: bytes) -> Address | None:
    """One entry of `X-Forwarded-For`; ports and brackets are tolerated, anything else is no address.

    >>> parse_forwarded(b" [2001:db8::1]:443 "), parse_forwarded(b"203.0.113.9:51234"), parse_forwarded(b"unknown")
    (IPv6Address('2001:db8::1'), IPv4Address('203.0.113.9'), None)
    """
    try:
        text = entry.strip().decode("ascii")
        if text.startswith("["):
            text = text[1:].partition("]")[0]
        elif text.count(":") == 1:
            text = text.partition(":")[0]
        return _unmapped(ip_address(text))
    except (ValueError, UnicodeDecodeError):
        return None


def _unmapped(address: Address) -> Address:
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address

"""Finds the client's address: the peer, or what configured proxies say, read from the right.

Only `X-Forwarded-For` is read, and only when the peer is a configured proxy. Each proxy appends the address it saw,
so from the right the first one that is no configured proxy is the client; everything left of it is the client's own
invention. Nothing here remembers an address: a cache would keep visitors' addresses beyond their requests.
"""

import re
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address, ip_network

Address = IPv4Address | IPv6Address

_MAX_ENTRIES = 32
_LOOPBACK = IPv4Address("127.0.0.1")
_ENTRY = re.compile(r"\[([0-9a-fA-F:.]+)\](?::[0-9]{1,5})?|([0-9.]+)(?::[0-9]{1,5})?|([0-9a-fA-F:.]+)")


class TrustedProxies:
    """The networks of `server.trusted_proxies`."""

    def __init__(self, networks: Sequence[str]) -> None:
        parsed = [ip_network(network) for network in networks]
        # As integers, because `address in network` costs five times as much on the hot path.
        self._networks = [(net.version, int(net.network_address), int(net.netmask)) for net in parsed]
        named = [net.network_address for net in parsed if net.num_addresses == 1]
        self._named: dict[str | None, Address] = {str(address): address for address in named}
        """Proxies that the configuration names one by one, by what the socket calls them."""

    def client_address(self, peer: str | None, forwarded: Sequence[bytes]) -> Address:
        """The client's address.

        An entry that is no address makes the whole chain worthless: then the peer counts. Where every entry is a
        configured proxy, the one counts that the peer itself saw: those left of it may be the client's invention.

        Args:
            peer: address of the socket's other end; None for a unix socket, which counts as loopback.
            forwarded: values of all `X-Forwarded-For` headers, in their order.

        Privacy: the result is personal and stays in the memory of the request.
        """
        address = self._named.get(peer)
        if address is None:
            address = _peer_address(peer)
            if not self.trusts(address):
                return address
        if not forwarded:
            return address
        seen_by_peer: Address | None = None
        for entry in reversed(b",".join(forwarded).rsplit(b",", _MAX_ENTRIES)[-_MAX_ENTRIES:]):
            claimed = parse_forwarded(entry)
            if claimed is None:
                return address
            if not self.trusts(claimed):
                return claimed
            seen_by_peer = seen_by_peer or claimed
        return seen_by_peer or address

    def trusts(self, address: Address) -> bool:
        """Whether the address is that of a configured proxy."""
        version, number = address.version, int(address)
        for network_version, network, mask in self._networks:
            if version == network_version and number & mask == network:
                return True
        return False


def parse_forwarded(entry: bytes) -> Address | None:
    """One entry of `X-Forwarded-For`; ports and brackets are tolerated, anything else is no address.

    >>> parse_forwarded(b" [2001:db8::1]:443 "), parse_forwarded(b"203.0.113.9:51234"), parse_forwarded(b"unknown")
    (IPv6Address('2001:db8::1'), IPv4Address('203.0.113.9'), None)
    """
    text = entry.strip().decode("latin-1")
    if "." in text:
        try:
            # A third of the time of all that follows.
            return IPv4Address(socket.inet_pton(socket.AF_INET, text))
        except (OSError, ValueError):
            pass
    found = _ENTRY.fullmatch(text)
    if found is None or found.lastindex is None:
        return None
    try:
        return _address(found[found.lastindex])
    except ValueError:
        return None


def _peer_address(peer: str | None) -> Address:
    try:
        return _address(peer) if peer else _LOOPBACK
    except ValueError:
        return _LOOPBACK  # the path of a unix socket


def _address(text: str) -> Address:
    if ":" not in text:
        return IPv4Address(text)
    address = IPv6Address(text)
    return address.ipv4_mapped or address

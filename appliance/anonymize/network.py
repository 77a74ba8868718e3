"""Truncates addresses. Nothing behind the boundary sees more than what comes out of here."""

from ipaddress import IPv4Address, IPv6Address

Address = IPv4Address | IPv6Address

_IPV4_MASK = 0xFFFFFF00
_IPV6_MASK = ((1 << 48) - 1) << 80


def unmapped(address: Address) -> Address:
    """IPv4 addresses that arrive as `::ffff:a.b.c.d` (RFC 4291 §2.5.5.2) become IPv4."""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def truncate(address: Address) -> Address:
    """First address of the /24 (IPv4) or /48 (IPv6).

    >>> from ipaddress import ip_address
    >>> truncate(ip_address("203.0.113.77")), truncate(ip_address("2001:db8:aaaa:bbbb:cccc::1"))
    (IPv4Address('203.0.113.0'), IPv6Address('2001:db8:aaaa::'))
    """
    address = unmapped(address)
    if isinstance(address, IPv4Address):
        return IPv4Address(int(address) & _IPV4_MASK)
    return IPv6Address(int(address) & _IPV6_MASK)

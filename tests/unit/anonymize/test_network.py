"""Truncation leaves the network only."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.network import truncate


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("203.0.113.77", "203.0.113.0"),
        ("2001:db8:aaaa:bbbb:cccc::1", "2001:db8:aaaa::"),
        ("::ffff:203.0.113.77", "203.0.113.0"),
        ("::1", "::"),
    ],
)
def test_address_becomes_its_network(address: str, expected: str) -> None:
    assert truncate(ip_address(address)) == ip_address(expected)


@given(st.ip_addresses(v=4))
def test_nothing_beyond_24_bits_of_ipv4_is_left(address: IPv4Address) -> None:
    assert truncate(address) == ip_network(f"{address}/24", strict=False).network_address


@given(st.integers(1 << 48, (1 << 128) - 1).map(IPv6Address))
def test_nothing_beyond_48_bits_of_ipv6_is_left(address: IPv6Address) -> None:
    assert truncate(address) == ip_network(f"{address}/48", strict=False).network_address

"""Different visitors never give the same message; the same visitor always does."""

from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.tag import tag_message

_addresses = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6))
_visitors = st.tuples(_addresses, st.text(max_size=20), st.text(st.sampled_from("abc.1"), min_size=1, max_size=10))


def identity(address: IPv4Address | IPv6Address, agent: str, site: str) -> tuple[object, ...]:
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    network = address.packed if isinstance(address, IPv4Address) else address.packed[:8]
    return address.version, network, agent, site


@given(_visitors, _visitors)
def test_messages_are_equal_exactly_for_the_same_visitor(
    one: tuple[IPv4Address, str, str], two: tuple[IPv4Address, str, str]
) -> None:
    assert (tag_message(*one) == tag_message(*two)) == (identity(*one) == identity(*two))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        pytest.param(("192.0.2.1", "agent1", "2.example"), ("192.0.2.1", "agent", "12.example"), id="border"),
        pytest.param(("192.0.2.1", "", "\0\1a"), ("192.0.2.1", "\0\3", "a"), id="length inside a text"),
        pytest.param(("192.0.2.1", "", "a"), ("192.0.2.2", "", "a"), id="last byte of an IPv4 address"),
        pytest.param(("2001:db8:0:1::", "", "a"), ("2001:db8:0:2::", "", "a"), id="fourth group of IPv6"),
    ],
)
def test_near_misses_differ(one: tuple[str, str, str], two: tuple[str, str, str]) -> None:
    assert tag_message(ip_address(one[0]), *one[1:]) != tag_message(ip_address(two[0]), *two[1:])


def test_visitor_keeps_the_tag_when_the_rest_of_an_ipv6_address_changes() -> None:
    one, two = ip_address("2001:db8:0:1:aaaa::1"), ip_address("2001:db8:0:1:bbbb::2")
    assert tag_message(one, "agent", "site") == tag_message(two, "agent", "site")


def test_mapped_address_is_the_ipv4_address() -> None:
    mapped, plain = ip_address("::ffff:192.0.2.1"), ip_address("192.0.2.1")
    assert tag_message(mapped, "agent", "site") == tag_message(plain, "agent", "site")


def test_agent_of_any_length_fits() -> None:
    assert len(tag_message(ip_address("192.0.2.1"), "x" * 100_000, "site")) < 66_000

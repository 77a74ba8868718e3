"""Nobody chooses the address that is counted, unless a configured proxy vouches for it."""

import weakref
from ipaddress import ip_address

import pytest

from appliance.ingest.client_address import TrustedProxies, parse_forwarded

NOBODY = TrustedProxies(())
ONE = TrustedProxies(("10.0.0.1/32",))
NETWORK = TrustedProxies(("10.0.0.0/8", "2001:db8:cafe::/48"))


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "expected"),
    [
        pytest.param(NOBODY, "198.51.100.7", [b"6.6.6.6"], "198.51.100.7", id="no proxy configured"),
        pytest.param(NOBODY, "127.0.0.1", [b"6.6.6.6"], "127.0.0.1", id="loopback is no exception"),
        pytest.param(ONE, "198.51.100.7", [b"6.6.6.6"], "198.51.100.7", id="peer is no proxy"),
        pytest.param(ONE, "10.0.0.1", [b"203.0.113.9"], "203.0.113.9", id="one hop"),
        pytest.param(ONE, "10.0.0.1", [b"6.6.6.6, 203.0.113.9"], "203.0.113.9", id="invention on the left"),
        pytest.param(ONE, "10.0.0.1", [b"6.6.6.6", b"203.0.113.9"], "203.0.113.9", id="several headers"),
        pytest.param(NETWORK, "10.0.0.1", [b"203.0.113.9, 10.2.3.4"], "203.0.113.9", id="two hops"),
        pytest.param(
            NETWORK, "10.0.0.1", [b"6.6.6.6, 10.9.9.9, 203.0.113.9, 10.2.3.4"], "203.0.113.9", id="in between"
        ),
        pytest.param(NETWORK, "10.0.0.1", [b"10.6.6.6, 10.5.5.5"], "10.5.5.5", id="only proxies: what the peer saw"),
        pytest.param(NETWORK, "10.0.0.1", [b"unknown, 10.2.3.4"], "10.0.0.1", id="no address behind a proxy"),
        pytest.param(NETWORK, "2001:db8:cafe::1", [b"2001:db8::9"], "2001:db8::9", id="IPv6"),
        pytest.param(ONE, "10.0.0.1", [b"203.0.113.9:51234"], "203.0.113.9", id="port"),
        pytest.param(ONE, "10.0.0.1", [b"[2001:db8::9]:443"], "2001:db8::9", id="brackets"),
        pytest.param(ONE, "10.0.0.1", [b"::ffff:203.0.113.9"], "203.0.113.9", id="mapped"),
        pytest.param(ONE, "::ffff:10.0.0.1", [b"203.0.113.9"], "203.0.113.9", id="mapped peer"),
        pytest.param(ONE, "10.0.0.1", [b"6.6.6.6, unknown"], "10.0.0.1", id="no address at the right"),
        pytest.param(ONE, "10.0.0.1", [b'"><script>'], "10.0.0.1", id="script"),
        pytest.param(ONE, "10.0.0.1", [b"\xff\xfe"], "10.0.0.1", id="not ASCII"),
        pytest.param(ONE, "10.0.0.1", [b""], "10.0.0.1", id="empty"),
        pytest.param(ONE, "10.0.0.1", [], "10.0.0.1", id="no header"),
        pytest.param(ONE, "10.0.0.1", [b"6.6.6.6," * 100 + b"203.0.113.9"], "203.0.113.9", id="hundred entries"),
        pytest.param(ONE, "10.0.0.1", [b"203.0.113.9,"], "10.0.0.1", id="empty entry at the right"),
        pytest.param(NETWORK, "10.0.0.1", [b"10.2.3.4," * 100], "10.0.0.1", id="hundred proxies, then nothing"),
        pytest.param(ONE, "2001:db8::7", [b"6.6.6.6"], "2001:db8::7", id="IPv6 peer is no proxy"),
        pytest.param(ONE, None, [b"6.6.6.6"], "127.0.0.1", id="unix socket"),
        pytest.param(ONE, "/run/x.sock", [b"6.6.6.6"], "127.0.0.1", id="unix socket with a path"),
        pytest.param(TrustedProxies(("127.0.0.0/8",)), None, [b"203.0.113.9"], "203.0.113.9", id="proxy's unix socket"),
    ],
)
def test_address_is_the_rightmost_that_no_proxy_owns(
    proxies: TrustedProxies, peer: str | None, forwarded: list[bytes], expected: str
) -> None:
    assert proxies.client_address(peer, forwarded) == ip_address(expected)


@pytest.mark.parametrize(
    "entry",
    [
        *(b"1.2.3", b"1.2.3.4.5", b"0x7f000001", b"localhost", b"1.2.3.4:a:b", b"1.2.3.4:x", b"1.2.3.4:123456"),
        *(b"[::1]x", b"[::1", b"::1]", b"[1.2.3.4", b"fe80::1%eth0", b"1.2.3.4\x00", b"1.2.3.4 5.6.7.8", b"-"),
        *("١.٢.٣.٤".encode(), b"_hidden", b"0:" * 5000),
    ],
)
def test_what_is_no_address_is_none(entry: bytes) -> None:
    assert parse_forwarded(entry) is None


@pytest.mark.parametrize("forwarded", [[], [b"203.0.113.9"], [b"6.6.6.6, 203.0.113.9"]])
@pytest.mark.parametrize("peer", ["10.0.0.1", "10.0.1.1", "203.0.113.9"])
def test_no_address_is_remembered(peer: str, forwarded: list[bytes]) -> None:
    """What the walk saw dies with the request: a cache of addresses would outlive it. What is configured may stay."""
    if (peer, forwarded) == ("10.0.0.1", []):
        return
    proxies = TrustedProxies(
        ("10.0.0.1/32", "10.0.1.0/24")
    )  # a new one: an equal address cached before would hide the cache
    address = proxies.client_address(peer, forwarded)
    alive = weakref.ref(address)
    del address
    assert alive() is None

"""Nobody chooses the address that is counted, unless a configured proxy vouches for it."""

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
        pytest.param(NETWORK, "10.0.0.1", [b"10.9.9.9, 10.2.3.4"], "10.9.9.9", id="only proxies"),
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
        pytest.param(ONE, None, [b"6.6.6.6"], "127.0.0.1", id="unix socket"),
    ],
)
def test_address_is_the_rightmost_that_no_proxy_owns(
    proxies: TrustedProxies, peer: str | None, forwarded: list[bytes], expected: str
) -> None:
    assert proxies.client_address(peer, forwarded) == ip_address(expected)


@pytest.mark.parametrize("entry", [b"1.2.3", b"1.2.3.4.5", b"0x7f000001", b"localhost", b"1.2.3.4:a:b"])
def test_what_is_no_address_is_none(entry: bytes) -> None:
    assert parse_forwarded(entry) is None

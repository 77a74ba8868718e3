"""Token buckets: who is over a limit, who is not, and what is remembered."""

import hashlib
import random
import sys
from ipaddress import ip_address

import pytest

from appliance.ingest.client_address import TrustedProxies
from appliance.ingest.limits import Limits
from appliance.settings import LimitSettings

NOW = 1_795_000_000.0
SETTINGS = LimitSettings(
    network_hits_per_second=10,
    network_burst=50,
    site_hits_per_second=100,
    site_burst=200,
    network_visitors_per_day=100,
)
PROXIES = TrustedProxies(("9.9.9.0/24",))


@pytest.fixture
def limits() -> Limits:
    return Limits(SETTINGS, ["example.org", "two.example"], PROXIES.trusts)


def taken(limits: Limits, address: str, hits: int, now: float = NOW) -> int:
    return sum(limits.take_network(ip_address(address), now) for _ in range(hits))


@pytest.mark.parametrize("address", ["87.128.1.7", "2a00:1450:4001::1"])
def test_network_may_send_its_burst_and_then_so_many_a_second(limits: Limits, address: str) -> None:
    assert taken(limits, address, 80) == 50
    assert taken(limits, address, 80, NOW + 1) == 10
    assert taken(limits, address, 80, NOW + 1.5) == 5
    assert taken(limits, address, 80, NOW + 60) == 50


@pytest.mark.parametrize(
    ("one", "other"), [("87.128.1.7", "87.128.1.250"), ("2a00:1450:4001::1", "2a00:1450:4001:ffff::9")]
)
def test_addresses_of_one_network_share_its_bucket(limits: Limits, one: str, other: str) -> None:
    assert taken(limits, one, 50) == 50
    assert taken(limits, other, 1) == 0


def test_neighbours_of_a_flood_are_not_touched(limits: Limits) -> None:
    taken(limits, "87.128.1.7", 10_000)
    assert [taken(limits, f"87.128.{n}.7", 50) for n in (0, 2, 3)] == [50, 50, 50]


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.3", "192.168.1.1", "::1", "fd00::1", "9.9.9.1"])
def test_address_that_stands_for_everybody_is_not_limited(limits: Limits, address: str) -> None:
    assert taken(limits, address, 1000) == 1000


def test_clock_that_is_set_back_locks_nobody_out(limits: Limits) -> None:
    taken(limits, "87.128.1.7", 60)
    earlier = NOW - 7200
    assert taken(limits, "87.128.1.7", 60, earlier) == 50
    assert taken(limits, "87.128.1.7", 60, earlier + 1) == 10
    limits.take_site("example.org", NOW)
    assert sum(limits.take_site("example.org", earlier) for _ in range(300)) == 200


def test_site_has_a_bucket_of_its_own(limits: Limits) -> None:
    assert sum(limits.take_site("example.org", NOW) for _ in range(300)) == 200
    assert limits.take_site("two.example", NOW)
    assert sum(limits.take_site("example.org", NOW + 0.1) for _ in range(300)) == 10


def test_memory_is_the_same_after_a_hundred_thousand_networks(limits: Limits) -> None:
    before = held_bytes(limits)
    source = random.Random(1)
    for _ in range(100_000):
        address = ip_address(source.getrandbits(32))
        limits.take_network(address, NOW)
        limits.take_visitor(address, source.randbytes(16), NOW)
    assert held_bytes(limits) == before < 6_400_000


def test_thousand_floods_hit_hardly_anybody_else(limits: Limits) -> None:
    for n in range(1000):
        taken(limits, f"31.{n >> 8}.{n & 255}.1", 60)
    hit = sum(1 - taken(limits, f"87.{n >> 8}.{n & 255}.1", 1) for n in range(5000))
    assert hit < 20


def held_bytes(limits: Limits) -> int:
    parts = (limits, limits._hits, limits._visitors, limits._seen)
    return sum(sys.getsizeof(value) for part in parts for value in vars(part).values())


def tag(number: int) -> bytes:
    return hashlib.blake2b(number.to_bytes(4, "big"), digest_size=16).digest()


def test_place_of_a_network_says_nothing_in_another_process(limits: Limits) -> None:
    other = Limits(SETTINGS, ["example.org"], PROXIES.trusts)
    for one in (limits, other):
        one.take_network(ip_address("87.128.1.7"), NOW)
    assert used_places(limits) != used_places(other)


def used_places(limits: Limits) -> list[int]:
    return [place for place, full_at in enumerate(limits._hits._full_at) if full_at]


def new_visitors(limits: Limits, address: str, numbers: range, now: float = NOW) -> int:
    return sum(limits.take_visitor(ip_address(address), tag(number), now) for number in numbers)


def test_network_may_bring_so_many_new_visitors_and_those_seen_go_on(limits: Limits) -> None:
    assert new_visitors(limits, "87.128.1.7", range(150)) == 100
    assert new_visitors(limits, "87.128.1.200", range(100, 300)) == 0
    assert new_visitors(limits, "87.128.1.200", range(100)) == 100
    assert new_visitors(limits, "87.128.2.7", range(300, 350)) == 50


def test_next_day_brings_as_many_again(limits: Limits) -> None:
    new_visitors(limits, "87.128.1.7", range(100))
    assert new_visitors(limits, "87.128.1.7", range(100, 200), NOW + 43_200) == 50
    assert new_visitors(limits, "87.128.1.7", range(200, 500), NOW + 200_000) == 100


@pytest.mark.parametrize("address", ["127.0.0.1", "10.0.0.3", "9.9.9.1"])
def test_address_that_stands_for_everybody_may_bring_everybody(limits: Limits, address: str) -> None:
    assert new_visitors(limits, address, range(1000)) == 1000

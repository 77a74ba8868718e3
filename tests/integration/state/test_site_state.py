"""One site's values go from Redis; those of all others stay, in their order."""

from datetime import date

import pytest

from appliance.state import envelope, names
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client
from appliance.state.open_days import OpenDays
from appliance.state.site_state import SiteState

pytestmark = pytest.mark.external

DAY = "2026-11-23"
GOES, STAYS = "a.example", "a.example.org"
TAGS = (b"\x01" * 16, b"\x02" * 16)


class PlainSealer:
    """Seals nothing: what is removed is told from its label alone."""

    def seal(self, _name: str, plaintext: bytes, _associated: bytes) -> bytes:
        return plaintext

    def unseal(self, _name: str, sealed: bytes, _associated: bytes) -> bytes:
        return sealed


@pytest.fixture
def filled(redis_client: Client) -> Client:
    place = names.events(0)
    for sites in ((STAYS,), (GOES, STAYS), (GOES,), (STAYS,)):
        redis_client.xadd(place, {f"{site}|{DAY}": f"{site} {number}" for number, site in enumerate(sites)})
    redis_client.xadd(names.events(1), {f"{STAYS}|{DAY}": "elsewhere"})
    for site, tag in zip((GOES, STAYS), TAGS, strict=True):
        redis_client.set(
            names.visitor(1, tag), envelope.seal(PlainSealer(), f"{site}|{DAY}", "", b"profile"), px=60_000
        )
        redis_client.set(names.live(site), 3)
        OpenDays(redis_client).add([f"{site}|{DAY}"])
        CloseRequests(redis_client, 2).request(site, date(2026, 11, 22))
    return redis_client


def test_what_there_is_is_counted(filled: Client) -> None:
    assert SiteState(filled, 2, GOES).count() == {"queued": 2, "profiles": 1, "open_days": 1, "closes": 1}


def test_only_the_site_goes(filled: Client) -> None:
    state = SiteState(filled, 2, GOES)
    state.remove()
    assert not any(state.count().values())
    assert filled.get(names.live(GOES)) is None
    fields = [list(entry.values()) for _, entry in filled.xrange(names.events(0))]
    assert fields == [[f"{STAYS} 0".encode()], [f"{STAYS} 1".encode()], [f"{STAYS} 0".encode()]]
    assert SiteState(filled, 2, STAYS).count() == {"queued": 4, "profiles": 1, "open_days": 1, "closes": 1}
    assert filled.get(names.live(STAYS)) == b"3"


def test_an_untouched_queue_keeps_its_entries(filled: Client) -> None:
    before = filled.xrange(names.events(1))
    SiteState(filled, 2, GOES).remove()
    assert filled.xrange(names.events(1)) == before


def test_removing_twice_does_nothing_the_second_time(filled: Client) -> None:
    SiteState(filled, 2, GOES).remove()
    before = filled.xrange(names.events(0))
    SiteState(filled, 2, GOES).remove()
    assert filled.xrange(names.events(0)) == before

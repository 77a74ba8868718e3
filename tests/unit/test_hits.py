"""A raw hit cannot travel."""

import pickle
from ipaddress import ip_address

import pytest

from appliance.hits import RawHit

HIT = RawHit(
    site="example.org",
    name="pageview",
    url="https://example.org/?mail=jane@example.org",
    referrer="",
    address=ip_address("203.0.113.77"),
    user_agent="canary-agent",
)


def test_text_of_a_hit_shows_nothing_of_it() -> None:
    assert str(HIT) == repr(HIT) == "RawHit(…)"


def test_hit_cannot_be_pickled() -> None:
    with pytest.raises(TypeError):
        pickle.dumps(HIT)

"""Keys open what they are for."""

import hashlib

import pytest

from appliance.settings import ApiKeySettings, Settings
from appliance.stats.api_keys import ApiKeys

KEYS = ApiKeys(
    Settings(api_keys=(ApiKeySettings(name="one", sha256=hashlib.sha256(b"k1").hexdigest(), sites=("a",)),)), "own"
)


def test_key_of_the_configuration_opens_its_sites() -> None:
    reader = KEYS.reader("Bearer k1")
    assert reader is not None
    assert (reader.name, reader.may_read("a"), reader.may_read("b")) == ("one", True, False)


def test_key_of_the_dashboard_opens_every_site() -> None:
    reader = KEYS.reader("bearer own")
    assert reader is not None
    assert reader.may_read("whatever")


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer ", "Bearer wrong", "Basic k1", "k1", "Bearer \udcff"])
def test_anything_else_opens_nothing(header: str) -> None:
    assert KEYS.reader(header) is None

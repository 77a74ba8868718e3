"""Current visitors."""

from appliance.state.connection import Client
from appliance.state.live import current_of_all, current_visitors, put_current_visitors


def test_number_is_read_back_and_expires(redis_client: Client) -> None:
    put_current_visitors(redis_client, {"a.example": 3, "b.example": 0})
    assert current_visitors(redis_client, "a.example") == 3
    assert current_visitors(redis_client, "b.example") == 0
    assert 0 < redis_client.ttl("live:a.example") <= 60


def test_site_without_number_has_nobody(redis_client: Client) -> None:
    assert current_visitors(redis_client, "c.example") == 0


def test_numbers_of_several_sites_come_at_once(redis_client: Client) -> None:
    put_current_visitors(redis_client, {"a.example": 3, "b.example": 0})
    assert current_of_all(redis_client, ("a.example", "b.example", "c.example")) == {
        "a.example": 3,
        "b.example": 0,
        "c.example": 0,
    }
    assert current_of_all(redis_client, ()) == {}

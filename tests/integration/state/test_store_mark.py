"""A Redis that lost its data, or that is another one, is told apart from one that restarted."""

from pathlib import Path

import pytest

from appliance.state.connection import Client
from appliance.state.store_mark import StoreMark, emptied_at


@pytest.fixture
def mark(redis_client: Client, tmp_path: Path) -> StoreMark:
    return StoreMark(redis_client, tmp_path / "mark")


def test_a_new_redis_has_lost_nothing(mark: StoreMark, redis_client: Client) -> None:
    assert not mark.is_lost()
    mark.renew()
    assert not mark.is_lost()
    assert emptied_at(redis_client) == 0


def test_an_emptied_redis_is_found_once_and_remembered_for_a_day(mark: StoreMark, redis_client: Client) -> None:
    mark.renew()
    redis_client.flushall()
    assert mark.is_lost()
    mark.renew(lost_at=1_930_478_400.5)
    assert not mark.is_lost()
    assert emptied_at(redis_client) == 1_930_478_400
    assert 86_000 < int(redis_client.ttl("emptied:{0}")) <= 86_400  # type: ignore[arg-type]


def test_another_redis_is_found_and_keeps_its_mark(mark: StoreMark, redis_client: Client, tmp_path: Path) -> None:
    mark.renew()
    redis_client.flushall()
    other = StoreMark(redis_client, tmp_path / "other")
    other.renew()
    assert mark.is_lost()
    mark.renew(lost_at=1.0)
    assert not mark.is_lost()
    assert not other.is_lost()


def test_a_data_directory_without_the_file_believes_what_redis_has(redis_client: Client, tmp_path: Path) -> None:
    StoreMark(redis_client, tmp_path / "old").renew()
    fresh = StoreMark(redis_client, tmp_path / "new")
    assert not fresh.is_lost()
    fresh.renew()
    assert (tmp_path / "old").read_text() == (tmp_path / "new").read_text()

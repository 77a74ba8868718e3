"""The last 30 minutes: the greatest number of each, in memory, and nothing older."""

import threading
from collections.abc import Collection

import pytest

from appliance.errors import UnavailableError
from appliance.stats.live_contract import MINUTES
from appliance.stats.live_history import LiveHistory


class Redis:
    """Says what it is told to."""

    def __init__(self) -> None:
        self.numbers = {"a": 0, "b": 0}
        self.is_away = False

    def __call__(self, sites: Collection[str]) -> dict[str, int]:
        if self.is_away:
            raise UnavailableError("away")
        return {site: self.numbers[site] for site in sites}


class StoppedClock:
    """Stands still until moved."""

    now = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def redis() -> Redis:
    return Redis()


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def history(redis: Redis, clock: StoppedClock) -> LiveHistory:
    return LiveHistory(("a", "b"), redis, clock)


def _see(history: LiveHistory, redis: Redis, number: int) -> None:
    redis.numbers["a"] = number
    history.sample()


def test_each_minute_has_its_greatest_number(history: LiveHistory, redis: Redis, clock: StoppedClock) -> None:
    for number in (3, 7, 2):
        _see(history, redis, number)
    clock.now += 60
    _see(history, redis, 4)
    found = history.of("a")
    assert (found.current, found.minutes[-2:]) == (4, [7, 4])
    assert history.of("b").minutes[-2:] == [0, 0]


def test_minutes_before_the_start_are_not_known(history: LiveHistory, redis: Redis) -> None:
    _see(history, redis, 1)
    assert history.of("a").minutes == [None] * (MINUTES - 1) + [1]


def test_the_running_minute_knows_the_present_number_before_it_was_looked_at(
    history: LiveHistory, redis: Redis
) -> None:
    redis.numbers["a"] = 5
    assert history.of("a").minutes[-1] == 5


def test_nothing_is_remembered_for_longer_than_half_an_hour(
    history: LiveHistory, redis: Redis, clock: StoppedClock
) -> None:
    for _ in range(100):
        _see(history, redis, 9)
        clock.now += 60
    assert len(history._peaks) == MINUTES
    clock.now += 3600
    redis.numbers["a"] = 0
    history.sample()
    assert len(history._peaks) == 1


def test_while_redis_is_away_nothing_is_known_and_nothing_breaks(
    history: LiveHistory, redis: Redis, clock: StoppedClock
) -> None:
    redis.is_away = True
    history.sample()
    with pytest.raises(UnavailableError):
        history.of("a")
    redis.is_away = False
    clock.now += 60
    _see(history, redis, 2)
    assert history.of("a").minutes[-2:] == [None, 2]


def test_it_ends_when_told(history: LiveHistory) -> None:
    stop = threading.Event()
    stop.set()
    history.run(stop)

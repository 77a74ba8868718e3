"""Days of 23, 23½, 24, 24½ and 25 hours: their bounds, their hours, when they end and when their key is gone.

The bounds are written by hand, as UTC, from the tz database (https://www.iana.org/time-zones).
"""

import asyncio
import threading
import time
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import NamedTuple

import pytest

from appliance.aggregate.end_of_day import expire_overdue_keys
from appliance.aggregate.site_days import SiteDays
from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.clock import local_day_hour
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, Settings, SiteSettings
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client, connect_async
from appliance.state.outbox import Outbox
from appliance.state.queue import EventQueue
from tests.kit.events import make_event

SITE = "example.org"


class Day(NamedTuple):
    timezone: str
    day: date
    begins: datetime
    hours: float
    odd: dict[int, int]
    """Hours of the clock that do not have two half-hours."""


def utc(*moment: int) -> datetime:
    return datetime(*moment, tzinfo=UTC)  # type: ignore[misc,arg-type]


DAYS = (
    Day("Europe/London", date(2027, 3, 28), utc(2027, 3, 28, 0), 23, {1: 0}),
    Day("Europe/London", date(2026, 10, 25), utc(2026, 10, 24, 23), 25, {1: 4}),
    Day("America/Detroit", date(2027, 3, 14), utc(2027, 3, 14, 5), 23, {2: 0}),
    Day("America/Detroit", date(2026, 11, 1), utc(2026, 11, 1, 4), 25, {1: 4}),
    Day("Australia/Lord_Howe", date(2026, 10, 4), utc(2026, 10, 3, 13, 30), 23.5, {2: 1}),
    Day("Australia/Lord_Howe", date(2027, 4, 4), utc(2027, 4, 3, 13), 24.5, {1: 3}),
    Day("Asia/Kathmandu", date(2026, 11, 23), utc(2026, 11, 22, 18, 15), 24, {}),
)


@pytest.fixture(params=DAYS, ids=lambda day: f"{day.timezone} {day.day}")
def day(request: pytest.FixtureRequest) -> Day:
    found: Day = request.param
    return found


def test_day_begins_and_ends_to_the_second(day: Day) -> None:
    begins, ends = day.begins.timestamp(), day.begins.timestamp() + day.hours * 3600
    moments = (begins - 1, begins, ends - 1, ends)
    assert [local_day_hour(at, day.timezone)[0] == day.day for at in moments] == [False, True, True, False]
    assert SiteDays(settings(day)).of(f"{SITE}|{day.day}").end_ms == ends * 1000


def settings(day: Day) -> Settings:
    return Settings(sites=(SiteSettings(id=SITE, timezone=day.timezone),), redis=RedisSettings(shards=1))


class Life:
    """A worker over the keys of a directory, at a moment."""

    def __init__(self, day: Day, redis: Client, directory: Path, now: float) -> None:
        def clock() -> float:
            return now

        while redis.info("persistence")["aof_rewrite_in_progress"]:
            time.sleep(0.01)  # of the life before
        self.settings, self.redis, self.clock = settings(day), redis, clock
        self.keys = Keyring.open(directory, clock)
        self.transport = Keyring.open(directory, clock, TRANSPORT_KEYS_FILE)
        self.evidence = EvidenceLog(directory / "evidence.jsonl")

    def run(self) -> None:
        parts = (self.settings, self.redis, self.keys, self.transport, self.evidence, self.clock)
        stop = threading.Event()
        Worker(*parts, lambda *_, **__: None, "here", "owner").run(stop, stop.set)

    def hours(self) -> Counter[int]:
        entries = Outbox(self.redis, self.transport, 1).read(1000)
        return Counter(fact.hour for entry in entries if entry.batch for fact in entry.batch.events)


async def send(day: Day, url: str, keys: Keyring) -> None:
    """A hit of a new visitor in the middle of each half-hour."""
    keys.day_key(SITE, day.day, create=True)
    queue = EventQueue(connect_async(url), keys, 1)
    await queue.start()
    for number in range(int(day.hours * 2)):
        at = day.begins.timestamp() + 1800 * number + 60
        await queue.append(SITE, day.day, make_event(number.to_bytes(16, "big"), int(at * 1000)))
    await queue.stop()


def test_every_half_hour_counts_in_the_hour_of_the_site_s_clock(
    day: Day, redis_client: Client, redis_url: str, tmp_path: Path
) -> None:
    ends = day.begins.timestamp() + day.hours * 3600
    life = Life(day, redis_client, tmp_path, ends - 1)
    asyncio.run(send(day, redis_url, life.keys))
    life.run()
    assert life.hours() == +Counter({hour: day.odd.get(hour, 2) for hour in range(24)})

    asked = CloseRequests(redis_client, 1)
    assert (len(life.keys.live()), asked.pending()) == (1, [])
    after = Life(day, redis_client, tmp_path, ends + 6)
    after.run()
    assert after.keys.live() == []
    assert [(request.site, request.day) for request in asked.pending()] == [(SITE, day.day)]


def test_key_is_gone_an_hour_after_the_day_s_own_end(day: Day, redis_client: Client, tmp_path: Path) -> None:
    deadline = day.begins.timestamp() + day.hours * 3600 + 3600
    for now, left in ((deadline - 1, 1), (deadline, 0)):
        life = Life(day, redis_client, tmp_path, now)
        if left:
            life.keys.day_key(SITE, day.day, create=True)
        expire_overdue_keys(life.keys, SiteDays(life.settings), life.evidence, life.clock)
        assert len(life.keys.live()) == left

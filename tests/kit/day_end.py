"""A site's day from its hits to its closed cells, over real engines, to be broken off and finished by another life."""

import asyncio
import threading
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from typing import Any, NamedTuple

from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.clock import day_end
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import RedisSettings, Settings, SiteSettings
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client, connect, connect_async
from appliance.state.open_days import OpenDays
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.state.queue import EventQueue
from appliance.supervisor.parts.day_closes import DayCloses
from appliance.warehouse.client import WriteClient
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.writer import Writer
from tests.kit.events import make_event

SITE, RUNNING = "example.org", "behind.example"
DAY = date(2026, 11, 23)
SETTINGS = Settings(
    sites=(SiteSettings(id=SITE, pages=("/known",)), SiteSettings(id=RUNNING, timezone="Etc/GMT+12")),
    redis=RedisSettings(shards=2),
)
NOON = day_end(DAY, "UTC") - 12 * 3600
_ROUNDS = 100
AFTER = day_end(DAY, "UTC") + 60
STORED = {
    "totals_hour": "*",
    "cells_running": "*",
    "cells": "*",
    "closed_days": "DISTINCT *",
    "carry_open": "*",
    "carry": "*",
    "outcomes": "*",
}


class Stores(NamedTuple):
    """What outlives the death of a process."""

    redis_url: str
    counters: WriteClient
    directory: Path
    """Keys and evidence."""


def send(stores: Stores) -> None:
    """Hits of two sites, some of them counted while the day runs."""
    source = Random(4)
    for hour in (0, 1):
        asyncio.run(_send(stores, source, hour))
        if not hour:
            DayEnd(stores, NOON + 600).count()


async def _send(stores: Stores, source: Random, hour: int) -> None:
    keys = Keyring.open(stores.directory, lambda: NOON)
    queue = EventQueue(connect_async(stores.redis_url), keys, SETTINGS.redis.shards)
    await queue.start()
    for site in (SITE, RUNNING):
        keys.day_key(site, DAY, create=True)
        for _ in range(60):
            event = make_event(
                bytes([source.randrange(40)]) * 15 + bytes([site == SITE]),
                int((NOON + hour * 3600 + source.randrange(300)) * 1000),
                source.choice(("/known", "/a", "/b", "/rare" + str(source.randrange(9)))),
                country=source.choice(("DE", "DE", "AT", "FR")),
                browser=source.choice(("Chrome", "Firefox")),
                goals=source.choice(((), ("signup",))),
            )
            await queue.append(site, DAY, event)
    await queue.stop()


class DayEnd:
    """One life of the processes that end a day: worker and warehouse."""

    def __init__(self, stores: Stores, now: float = AFTER) -> None:
        self.stores = stores
        self.redis: Client = connect(stores.redis_url)
        self._clock: Callable[[], float] = lambda: now
        self.keys = Keyring.open(stores.directory, self._clock)
        self.transport = Keyring.open(stores.directory, self._clock, TRANSPORT_KEYS_FILE)
        self.evidence = EvidenceLog(stores.directory / "evidence.jsonl")
        shards = SETTINGS.redis.shards
        self._outboxes = [Outbox(self.redis, self.transport, shards, lane) for lane in (FACTS, PAIRS)]
        self._requests = CloseRequests(self.redis, shards)

    def finish(self) -> None:
        """Everything until nothing of the day is left to do."""
        for _ in range(_ROUNDS):  # Redis may still be rewriting its file for the life before
            self._work()
            self._close()  # nothing, while facts of the day wait
            self._flush()
            self._close()
            if not self._requests.pending() and OpenDays(self.redis).all() == {f"{RUNNING}|{DAY}"}:
                return
            time.sleep(0.02)
        raise AssertionError("the day does not end")

    def count(self) -> None:
        """Let a worker start and stop, and bring what it found to the counters."""
        self._work()
        self._flush()

    def _work(self) -> None:
        worker = Worker(
            *(SETTINGS, self.redis, self.keys, self.transport, self.evidence, self._clock),
            lambda *_, **__: None,
            *("here", "owner"),
        )
        stop = threading.Event()
        worker.run(stop, stop.set)

    def _flush(self) -> None:
        for outbox in self._outboxes:
            writer = Writer(self.stores.counters, outbox, FlushNote, self._clock)
            while outbox.waiting():
                writer.flush_once()

    def _close(self) -> None:
        closes = DayCloses(
            *(SETTINGS, self.stores.counters, ClosedDays(self.stores.counters), self.redis),
            *(self.evidence, self._clock, lambda _: frozenset()),
        )
        closes.close_ready()


def everything(counters: WriteClient) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table, merged."""
    for table in STORED:
        counters.command(f"OPTIMIZE TABLE {table} FINAL")
    return {
        table: sorted(counters.query(f"SELECT {columns} FROM {table}").rows)  # noqa: S608  constants
        for table, columns in STORED.items()
    }

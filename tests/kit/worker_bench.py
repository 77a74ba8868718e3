"""A worker over a real Redis, step by step, with a clock that stands still until it is moved."""

import asyncio
import threading
from datetime import date
from pathlib import Path
from typing import Any

from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.clock import day_end
from appliance.events import CleanEvent
from appliance.facts import FactBatch
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import LimitSettings, RedisSettings, Settings, SiteSettings
from appliance.state.connection import Client, connect_async
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.state.queue import EventQueue
from tests.kit.cells import fold

SITE, DAY, SHARDS = "example.org", date(2026, 11, 23), 2
SETTINGS = Settings(
    limits=LimitSettings(visitor_hits_per_day=100, page_values_per_day=100),
    sites=(SiteSettings(id=SITE),),
    redis=RedisSettings(shards=SHARDS),
)
NOON = day_end(DAY, "UTC") - 12 * 3600


class Bench:
    """A worker, step by step, with a clock that stands still until it is moved."""

    def __init__(self, client: Client, url: str, directory: Path) -> None:
        self.now = NOON
        self.client = client
        self.url = url
        self.directory = directory
        self.log: list[tuple[str, dict[str, Any]]] = []
        self.evidence = EvidenceLog(directory / "evidence.jsonl")
        self.keys = Keyring.open(directory, self.clock)
        self.transport = Keyring.open(directory, self.clock, TRANSPORT_KEYS_FILE)
        self.outboxes = [Outbox(client, self.transport, SHARDS, lane) for lane in (FACTS, PAIRS)]
        self.worker = self.new_worker()
        self.facts = FactBatch()

    def clock(self) -> float:
        return self.now

    def new_worker(self, station: str = "here") -> Worker:
        return Worker(
            SETTINGS,
            self.client,
            self.keys,
            self.transport,
            self.evidence,
            self.clock,
            lambda event, **facts: self.log.append((event, facts)),
            station,
            "owner",
        )

    def run(self, worker: Worker | None = None) -> None:
        """Let a worker start, consume what is there, and stop."""
        stop = threading.Event()
        (worker or self.worker).run(stop, stop.set)

    def restart(self) -> None:
        self.worker = self.new_worker()

    async def send(self, *events: CleanEvent) -> None:
        self.keys.day_key(SITE, DAY, create=True)
        queue = EventQueue(connect_async(self.url), self.keys, SHARDS)
        await queue.start()
        await asyncio.gather(*(queue.append(SITE, DAY, event) for event in events))
        await queue.stop()

    def totals(self) -> dict[str, int]:
        """Totals of everything that has come out so far."""
        for outbox in self.outboxes:
            entries = outbox.read(10_000)
            for entry in entries:
                assert entry.batch is not None
                self.facts.visits += entry.batch.visits
                self.facts.events += entry.batch.events
                self.facts.outcomes += entry.batch.outcomes
                self.facts.pairs += entry.batch.pairs
            if entries:
                outbox.confirm(FlushNote("token", [(entry.shard, entry.id) for entry in entries]))
        return dict(fold(self.facts)[0])

    def outcomes(self) -> dict[str, int]:
        self.totals()
        found: dict[str, int] = {}
        for fact in self.facts.outcomes:
            found[fact.outcome] = found.get(fact.outcome, 0) + fact.hits
        return found


def at(seconds: float) -> int:
    return int((NOON + seconds) * 1000)

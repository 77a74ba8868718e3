"""The worker's loop: one process owns all shards, consumes the queue, ends visits and days.

It takes what is there every 250 ms, or at once while more waits than one transaction takes: events that come together
share the price of a transaction, and in one of ten each costs three times as much as in one of two hundred. Redis away:
it waits, rebuilds its idle clock from the profiles and goes on.
"""

import threading
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from appliance.aggregate.end_of_day import EndOfDay, Evidence, expire_overdue_keys, transport_key_name
from appliance.aggregate.shard_worker import ShardWorker
from appliance.aggregate.site_days import SiteDays
from appliance.aggregate.value_caps import ValueCaps
from appliance.anonymize.keyring import Keyring
from appliance.clock import STEADY_SECONDS, Clock
from appliance.errors import KeyGoneError, LeaseLostError, StartError, UnavailableError
from appliance.metrics.durations import Buckets, total
from appliance.settings import Settings
from appliance.state.connection import Client
from appliance.state.lease import LEASE_SECONDS, Lease, LeaseKeeper
from appliance.state.live import put_current_visitors
from appliance.state.memory import has_room_for_facts
from appliance.state.shard import Shard

_TICK_SECONDS = 0.25
_SLOW_TICK_SECONDS = 1.0
_RETRY_SECONDS = 0.5
_SAY_SECONDS = 60.0
_CURRENT_MS = 5 * 60 * 1000
Log = Callable[..., None]
"""Writes one structured line: `log("event", level="warning", **facts)`."""


class WorkerState(NamedTuple):
    """How a worker is, for operators."""

    events: Counter[str]
    """Since the start, by what became of them."""
    batches: Buckets
    open_visits: int
    believes_clock: bool
    keys: tuple[tuple[int, int], ...]
    """When each live day key was made and when it has to be gone, in milliseconds since 1970."""


class Worker:
    """All shards of one appliance."""

    def __init__(
        self,
        settings: Settings,
        client: Client,
        keys: Keyring,
        transport: Keyring,
        evidence: Evidence,
        clock: Clock,
        log: Log,
        station: str,
        owner: str,
        uptime: Clock | None = None,
        beat: Callable[[], None] = lambda: None,
        on_redis: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire it.

        Args:
            station: host and data directory, which run one worker at most.
            owner: unlike that of any other process.
            uptime: cannot be set; None: neither can the clock.
            beat: called between steps, to say that it works.
            on_redis: called when Redis answers, at the start and each time that it is back.
        """
        self._beat = beat
        self._on_redis = on_redis
        self._client = client
        self._keys = keys
        self._transport = transport
        self._clock = clock
        self._uptime = uptime
        self._log = log
        self._evidence = evidence
        self._sites = [site.id for site in settings.sites]
        self._days = SiteDays(settings)
        self._leases = [Lease(client, n, station, owner) for n in range(settings.redis.shards)]
        self._caps = ValueCaps(settings)
        self._workers = [
            ShardWorker(
                Shard(client, lease_number, lease, keys, transport),
                keys,
                self._days,
                settings,
                self._caps,
                self._transport_key,
                beat,
            )
            for lease_number, lease in enumerate(self._leases)
        ]
        self._end_of_day = EndOfDay(
            client, self._workers, keys, transport, self._days, evidence, clock, uptime, self._say_leap, beat
        )
        self._slow_at = self._said_at = 0.0
        self._key_times: tuple[tuple[int, int], ...] = ()

    def run(self, stop: threading.Event, on_ready: Callable[[], None]) -> None:
        """Work until told to stop.

        Raises:
            StartError: another worker holds the shards.
            LeaseLostError: another worker took over; end the process and start anew.
        """
        self._acquire(stop)
        keeper = LeaseKeeper(self._leases)
        keeper.start()
        try:
            self._start(stop)
            on_ready()
            self._work(stop)
        finally:
            keeper.stop()
        self._finish()

    def _work(self, stop: threading.Event) -> None:
        while not stop.is_set():
            try:
                busy = self._tick()
            except LeaseLostError as error:
                # It stood still, or Redis was away, for longer than a lease lives. If nobody came, it goes on.
                self._log("lease_lost", level="warning", reason=str(error))
                self._recover(stop)
                continue
            except UnavailableError as error:
                self._say_unavailable(error)
                self._recover(stop, said=True)
                continue
            except KeyGoneError as error:
                # Destroyed from outside, between read and commit or under open visits: the next read counts its
                # events as late, and profiles that nobody can open any more are forgotten.
                self._log("key_gone", level="warning", reason=str(error))
                self._recover(stop)
                continue
            if not busy:
                stop.wait(_TICK_SECONDS)

    def state(self) -> WorkerState:
        """The present state; from any thread."""
        events: Counter[str] = Counter()
        for worker in self._workers:
            events.update(worker.events.copy())
        return WorkerState(
            events,
            total(worker.batches.buckets() for worker in self._workers),
            sum(len(worker.open_visits) for worker in self._workers),
            self._workers[0].believes_clock,
            self._key_times,
        )

    def _acquire(self, stop: threading.Event) -> None:
        waited = 0.0
        for lease in self._leases:
            while (holder := lease.acquire()) is not None:
                if waited > LEASE_SECONDS or stop.is_set():
                    raise StartError(f"another worker ({holder}) advances the shards of this Redis; stop it first")
                waited += _RETRY_SECONDS
                stop.wait(_RETRY_SECONDS)

    def _start(self, stop: threading.Event) -> None:
        """Rebuild, and end overdue days before ingest opens."""
        self._on_redis()
        self._end_of_day.say_what_was_destroyed()
        lost = sum(worker.rebuild() for worker in self._workers)
        if lost:
            self._log("key_lost", level="warning", unreadable_profiles=lost)
            self._evidence.append("key_lost", self._clock(), unreadable_profiles=lost)
        while not stop.is_set() and self._tick(settle=True):
            pass

    def _tick(self, *, settle: bool = False) -> bool:
        """One round over all shards; returns whether there is more to do at once.

        Args:
            settle: go on until nothing is left, however little it is.
        """
        self._beat()
        self._keys.refresh()
        self._transport.refresh()
        now_ms = int(self._clock() * 1000)
        believes = self._end_of_day.watch.is_steady()  # behind the look at the clock: what was read is not newer
        busy = False
        for worker in self._workers:
            worker.believes_clock = believes
            # What a day's end adds does not wait: it deletes more than that.
            if has_room_for_facts(self._client):
                for progress in (worker.consume(now_ms), worker.close_idle(now_ms)):
                    busy |= progress.is_full or (settle and progress.has_moved)
        if settle or self._clock() - self._slow_at >= _SLOW_TICK_SECONDS or self._clock() < self._slow_at:
            self._slow_at = self._clock()
            self._slow_tick(now_ms)
        return busy

    def _slow_tick(self, now_ms: int) -> None:
        for lease in self._leases:
            lease.keep()
        for name in self._end_of_day.run():
            self._log("day_ended", key=name)
        live = self._keys.live()
        self._key_times = tuple((slot.created_ms, self._days.of(slot.name).deadline_ms) for slot in live)
        self._caps.keep(slot.name for slot in live)
        self._say_what_is_lost()
        counts = Counter(dict.fromkeys(self._sites, 0))
        for worker in self._workers:
            for key_name, visitors in worker.open_visits.heard_of_since(now_ms - _CURRENT_MS).items():
                counts[key_name.rpartition("|")[0]] += visitors
        put_current_visitors(self._client, {site: counts[site] for site in self._sites})

    def _say_leap(self, seconds: float) -> None:
        self._log("clock_leapt", level="warning", by_seconds=round(seconds), days_wait_seconds=STEADY_SECONDS)

    def _say_what_is_lost(self) -> None:
        """Once a minute at most: events whose values were too many, of a site or of one visitor."""
        crowded = sum(worker.crowded for worker in self._workers)
        if not (self._caps.replaced or crowded) or 0 <= self._clock() - self._said_at < _SAY_SECONDS:
            return
        self._log("values_beyond_limits", level="warning", of_sites=self._caps.replaced, of_visitors=crowded)
        self._said_at = self._clock()
        self._caps.replaced = 0
        for worker in self._workers:
            worker.crowded = 0

    def _recover(self, stop: threading.Event, *, said: bool = False) -> None:
        """Wait for Redis, then rebuild: whether the last transaction happened is not known.

        Args:
            said: the log has it that Redis is away.

        Raises:
            LeaseLostError: another worker took over meanwhile.
        """
        while not stop.is_set():
            stop.wait(_RETRY_SECONDS)
            self._beat()
            self._keys.refresh()
            # The promise about the key does not wait for Redis; the rest of such a day's end does.
            expire_overdue_keys(
                self._keys, self._days, self._evidence, self._clock, self._uptime, self._end_of_day.watch
            )
            try:
                for lease in self._leases:
                    if (holder := lease.acquire()) is not None:
                        raise LeaseLostError(f"another worker ({holder}) advances the shards of this Redis now")
                self._on_redis()
                for worker in self._workers:
                    worker.rebuild()
                    self._beat()
            except UnavailableError as error:
                if not said:
                    self._say_unavailable(error)
                    said = True
                continue
            self._log("recovered")
            return

    def _say_unavailable(self, error: UnavailableError) -> None:
        self._log("redis_unavailable", level="error", reason=str(error))

    def _finish(self) -> None:
        try:
            self._tick()
            for lease in self._leases:
                lease.release()
        except (UnavailableError, KeyGoneError, LeaseLostError) as error:
            self._log("unclean_end", level="warning", reason=str(error))

    def _transport_key(self) -> str:
        """Name of today's transport key; made by the first batch of the day (UTC)."""
        try:
            return self._transport.key(transport_key_name(self._clock()), create=True).name
        except KeyGoneError:
            # The clock was set back behind a day whose key is destroyed; then the newest key is kept.
            return max(slot.name for slot in self._transport.live())

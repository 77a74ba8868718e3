"""Ends each site's local day: visits closed, profiles deleted, key destroyed, file rewritten, evidence written.

The key does not wait for ClickHouse: facts carry no tag. Each step can be repeated, so a crash anywhere is
repaired by the next run. That a day is not ended yet is said by the slot of its key and, should the key be destroyed
from outside or lost with the host, by `state.open_days`. No step that fails keeps an overdue key alive. A day ends by
the wall clock while that is steady; a key dies by the machine's uptime too, whatever the clock says meanwhile.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol

from appliance.aggregate.key_life import is_overdue
from appliance.aggregate.shard_worker import ShardWorker
from appliance.aggregate.site_days import SiteDays, SiteDayTimes
from appliance.anonymize.key_page import Slot
from appliance.anonymize.keyring import DestroyedKey, Keyring, split_key_name
from appliance.clock import Clock, LeapWatch
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client, rewrite_append_only_file
from appliance.state.open_days import OpenDays
from appliance.state.outbox import FACTS, PAIRS, Outbox

_TRANSPORT_LIFE_SECONDS = 72 * 60 * 60


class Evidence(Protocol):
    """Where each step is written down; `appliance.privacy.evidence.EvidenceLog` is one."""

    def append(self, kind: str, at: float, **facts: str | int | float | list[int]) -> None:
        """Append one entry."""


class EndOfDay:
    """Looks once a second whether some site's day is over."""

    def __init__(
        self,
        client: Client,
        workers: list[ShardWorker],
        keys: Keyring,
        transport: Keyring,
        days: SiteDays,
        evidence: Evidence,
        clock: Clock,
        uptime: Clock | None = None,
        on_leap: Callable[[float], None] = lambda _seconds: None,
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """Wire it.

        Args:
            uptime: cannot be set; None: neither can the clock.
            on_leap: hears when the clock was set.
            beat: called between steps, to say that it works.
        """
        self._beat = beat
        self._client = client
        self._workers = workers
        self._keys = keys
        self._transport = transport
        self._days = days
        self._evidence = evidence
        self._clock = clock
        self._uptime = uptime or clock
        self.watch = LeapWatch(clock, self._uptime, on_leap)
        self._closes = CloseRequests(client, len(workers))
        self._open_days = OpenDays(client)
        self._outboxes = [Outbox(client, transport, len(workers), lane) for lane in (FACTS, PAIRS)]

    def run(self) -> list[str]:
        """End every day that is over; returns the names of the keys destroyed."""
        now, uptime = self._clock(), self._uptime()
        believed = self.watch.is_steady()
        ended = []
        live = self._keys.live()
        self._open_days.add(slot.name for slot in live)  # each time: Redis may have lost them
        for slot in live:
            site_day = self._days.of(slot.name)
            try:
                _log_creation(self._keys, slot, site_day, self._evidence)
            finally:
                if (believed and self._is_consumed(site_day)) or is_overdue(
                    slot, site_day.deadline_ms, int(now * 1000) if believed else None, uptime
                ):
                    self._end(slot, site_day)
                    ended.append(slot.name)
                    self._beat()
        if believed:
            self._finish(int(now * 1000))
        self._expire_transport_keys(now, uptime)
        return ended

    def say_what_was_destroyed(self) -> None:
        """Write down each destruction whose writer died in between; for the start of the worker."""
        for slot, destroyed in self._keys.unlogged_ends():
            _log_destruction(self._keys, slot, destroyed, self._days.of(slot.name), self._evidence, self._clock())

    def _finish(self, now_ms: int) -> None:
        """Rewrite the file and ask for the close of days whose key is gone, whoever destroyed or lost it."""
        live = {slot.name for slot in self._keys.live()}
        gone = [name for name in sorted(self._open_days.all() - live) if now_ms >= self._days.of(name).end_ms]
        if not gone:
            return
        started = rewrite_append_only_file(self._client)
        if started is None:
            return  # the one that runs may have begun before the keys were deleted: look again next time
        for name in gone:
            self._closes.request(self._days.of(name).site, self._days.of(name).day)
        self._evidence.append("append_only_file_rewrite", self._clock(), started=int(started))
        self._open_days.remove(gone)

    def _is_consumed(self, site_day: SiteDayTimes) -> bool:
        return min(worker.low_water_ms for worker in self._workers) >= site_day.end_ms

    def _end(self, slot: Slot, site_day: SiteDayTimes) -> None:
        profiles = sum(worker.close_day(slot.name) for worker in self._workers)
        try:
            self._evidence.append("visits_closed", self._clock(), **_where(site_day), profiles_deleted=profiles)
        finally:
            _destroy(self._keys, slot, site_day, self._evidence, self._clock)

    def _expire_transport_keys(self, now: float, uptime: float) -> None:
        slots = self._transport.live()
        if len(slots) <= 1:
            return
        names = {slot.name for slot in slots}
        today = transport_key_name(now)
        in_use = today if today in names else max(names)
        waiting = {name for outbox in self._outboxes for name in outbox.oldest_key_names()}
        for slot in slots:
            _, day = split_key_name(slot.name)
            age = max(now - slot.created_ms / 1000, uptime - slot.created_uptime if slot.created_uptime else 0.0)
            overdue = age > _TRANSPORT_LIFE_SECONDS
            drained = all(name > slot.name for name in waiting)
            if slot.name != in_use and (drained or overdue):
                destroyed = self._transport.destroy(slot)
                self._evidence.append(
                    "transport_key_destroyed",
                    self._clock(),
                    day=day.isoformat(),
                    unacknowledged=destroyed.unacknowledged,
                )


def transport_key_name(now: float) -> str:
    """Name of the transport key of a moment's day (UTC)."""
    return f"transport|{datetime.fromtimestamp(now, UTC).date().isoformat()}"


def expire_overdue_keys(
    keys: Keyring,
    days: SiteDays,
    evidence: Evidence,
    clock: Clock,
    uptime: Clock | None = None,
    watch: LeapWatch | None = None,
) -> list[str]:
    """Destroy every day key that is past its deadline, without Redis and whether or not a worker runs.

    Visits that were open then are never closed, and hits still queued count as late. The worker sees to the rest of
    the day's end when it runs again.

    Args:
        uptime: cannot be set; None: neither can the clock.
        watch: says whether the clock is to be believed; None: it is.
    """
    overdue = []
    believed = watch is None or watch.is_steady()
    for slot in keys.live():
        site_day = days.of(slot.name)
        now_ms = int(clock() * 1000) if believed else None
        if is_overdue(slot, site_day.deadline_ms, now_ms, (uptime or clock)()):
            try:
                _log_creation(keys, slot, site_day, evidence)
            finally:
                _destroy(keys, slot, site_day, evidence, clock)
            overdue.append(slot.name)
    return overdue


def _where(site_day: SiteDayTimes) -> dict[str, str]:
    return {"site": site_day.site, "day": site_day.day.isoformat()}


def _log_creation(keys: Keyring, slot: Slot, site_day: SiteDayTimes, evidence: Evidence) -> None:
    if not slot.is_logged:
        commitment = keys.commitment(slot)
        evidence.append("key_created", slot.created_ms / 1000, **_where(site_day), commitment=commitment)
        keys.mark_logged(slot)


def _destroy(keys: Keyring, slot: Slot, site_day: SiteDayTimes, evidence: Evidence, clock: Clock) -> None:
    destroyed = keys.destroy(slot)
    _log_destruction(keys, slot, destroyed, site_day, evidence, clock())


def _log_destruction(
    keys: Keyring, slot: Slot, destroyed: DestroyedKey, site_day: SiteDayTimes, evidence: Evidence, now: float
) -> None:
    evidence.append(
        "key_destroyed",
        now,
        **_where(site_day),
        commitment=destroyed.commitment,
        created_at=destroyed.created_at,
        unacknowledged=destroyed.unacknowledged,
    )
    keys.mark_logged(slot)

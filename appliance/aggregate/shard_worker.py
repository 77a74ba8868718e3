"""Advances one shard: queued events become profiles and facts, idle visits end, a day's visits are closed.

Every change is one transaction of `state.shard`; memory is updated only after it succeeded.
"""

import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from appliance.aggregate import visits
from appliance.aggregate.open_visits import OpenVisits, Visitor
from appliance.aggregate.profile import MAX_TOKENS, Profile, decode_profile, encode_profile
from appliance.aggregate.site_days import LONGEST_PROFILE_LIFE_MS, SiteDays
from appliance.aggregate.token_memo import TokenMemo
from appliance.aggregate.value_caps import ValueCaps
from appliance.anonymize.keyring import Keyring
from appliance.clock import local_day_hour
from appliance.facts import FactBatch, OutcomeFact
from appliance.metrics.durations import Durations
from appliance.outcomes import Outcome
from appliance.settings import Settings
from appliance.state.shard import Queued, QueuedEntry, SealedProfile, Shard

_READ_ENTRIES = 500
_READ_EVENTS = 500
"""Of one transaction, so that one entry of the outbox stays within what one insert can take."""
_CLOSE_VISITORS = 500
_IN_FLIGHT_MS = 5_000
"""A hit is in the stream at the latest this long after its arrival: ingest gives up on Redis after 2 s."""

_OutcomeCounts = Counter[tuple[str, date, int, str]]


class Progress(NamedTuple):
    """What came of one step."""

    has_moved: bool
    is_full: bool
    """One transaction took as much as it may: more is waiting."""


class ShardWorker:
    """The only one who advances this shard."""

    def __init__(
        self,
        shard: Shard,
        keys: Keyring,
        days: SiteDays,
        settings: Settings,
        caps: ValueCaps,
        transport_key: Callable[[], str],
        beat: Callable[[], None] = lambda: None,
    ) -> None:
        """`beat` is called between steps, to say that it works."""
        self.shard = shard
        self.open_visits = OpenVisits()
        self.low_water_ms = 0
        """All hits that arrived before this moment have been consumed."""
        self.believes_clock = True
        """Whether visits end and profiles expire by the wall clock; not while it has just been set."""
        self._keys = keys
        self._days = days
        self.crowded = 0
        """Events of visitors with so many different values that further ones are not counted as seen by a visitor."""
        self.batches = Durations()
        self.events: Counter[str] = Counter()
        """Queued events since the start, by what became of them."""
        self._timeout_ms = settings.visits.timeout_seconds * 1000
        self._max_hits = settings.limits.visitor_hits_per_day
        self._caps = caps
        self._transport_key = transport_key
        self._beat = beat

    def rebuild(self) -> int:
        """Read all profiles; returns how many cannot be opened because their key is lost."""
        self.open_visits = OpenVisits()
        unreadable = 0
        found: list[tuple[int, Visitor, bool]] = []
        for key_name, tag, content in self.shard.all_profiles():
            if content is None:
                unreadable += 1
                continue
            profile = decode_profile(content)
            found.append((profile.last_ms, (key_name, tag), profile.is_open))
        for last_ms, visitor, is_open in sorted(found):
            self.open_visits.put(visitor, last_ms, is_open=is_open)
        return unreadable

    def consume(self, now_ms: int) -> Progress:
        """Take what is queued, at most one transaction of it."""
        entries = self.shard.read(_READ_ENTRIES, _READ_EVENTS)
        if entries:
            started = time.perf_counter()
            self._advance(entries, now_ms)
            self.batches.add(time.perf_counter() - started)
        parts = [part for entry in entries for part in entry.parts]
        newest = max((event.at_ms for part in parts for event in part.events), default=0)
        drained = len(entries) < _READ_ENTRIES and sum(len(p.events) + p.unreadable for p in parts) < _READ_EVENTS
        reached = (now_ms if drained else newest) - _IN_FLIGHT_MS
        # It rises only, unless the clock was set back: then hits arrive before it again.
        self.low_water_ms = reached if now_ms < self.low_water_ms else max(self.low_water_ms, reached)
        return Progress(bool(entries), not drained)

    def _advance(self, entries: list[QueuedEntry], now_ms: int) -> None:
        parts = [part for entry in entries for part in entry.parts]
        profiles = self._load({(p.key_name, event.tag) for p in parts for event in p.events})
        facts, outcomes = FactBatch(), _OutcomeCounts()
        tokens: dict[str, TokenMemo] = {}
        for part in parts:
            self._advance_part(part, profiles, tokens, facts, outcomes, now_ms)
        facts.outcomes = _outcome_facts(outcomes)
        self._commit([entry.id for entry in entries], profiles, facts, now_ms)
        for (_, _, _, outcome), hits in outcomes.items():
            self.events[outcome] += hits

    def _advance_part(
        self,
        part: Queued,
        profiles: dict[Visitor, Profile],
        tokens: dict[str, TokenMemo],
        facts: FactBatch,
        outcomes: _OutcomeCounts,
        now_ms: int,
    ) -> None:
        site_day = self._days.of(part.key_name)
        if part.unreadable:
            lost = Outcome.LATE if now_ms >= site_day.end_ms else Outcome.INVALID
            outcomes[site_day.site, site_day.day, 0, lost] += part.unreadable
        if not part.events:
            return
        where = visits.SiteDay(site_day.site, site_day.day_number)
        token = self._token(tokens, part.key_name)
        for event in part.events:
            _, hour = local_day_hour(event.at_ms / 1000, site_day.timezone)
            profile = profiles[part.key_name, event.tag]
            profile.hits += 1
            if profile.hits > self._max_hits:
                outcome = Outcome.RATE_LIMITED
            else:
                counted = self._caps.apply(part.key_name, site_day.site, event)
                outcome = visits.advance(profile, counted, hour, where, self._timeout_ms, token, facts)
                self.crowded += len(profile.tokens) >= MAX_TOKENS
            outcomes[site_day.site, site_day.day, hour, outcome] += 1

    def _load(self, visitors: set[Visitor]) -> dict[Visitor, Profile]:
        ordered = sorted(visitors)
        contents = self.shard.profiles([tag for _, tag in ordered])
        return {
            visitor: decode_profile(content) if content else Profile()
            for visitor, content in zip(ordered, contents, strict=True)
        }

    def _commit(self, consumed: list[str], profiles: dict[Visitor, Profile], facts: FactBatch, now_ms: int) -> None:
        sealed = [
            SealedProfile(key_name, tag, encode_profile(profile), self._life_ms(key_name, now_ms))
            for (key_name, tag), profile in profiles.items()
        ]
        self.shard.commit(consumed, sealed, facts, self._transport_key())
        # One batch may hold hits of a long time: after the worker was away, or when the clock moves.
        for visitor, profile in sorted(profiles.items(), key=lambda item: item[1].last_ms):
            self.open_visits.put(visitor, profile.last_ms, is_open=profile.is_open)

    def _life_ms(self, key_name: str, now_ms: int) -> int:
        return self._days.of(key_name).expires_ms - now_ms if self.believes_clock else LONGEST_PROFILE_LIFE_MS

    def close_idle(self, now_ms: int) -> Progress:
        """End visits whose timeout has passed for certain, at most one transaction of them."""
        if not self.believes_clock:
            return Progress(False, False)
        idle = self.open_visits.idle(self.low_water_ms - self._timeout_ms, _CLOSE_VISITORS)
        if idle:
            profiles = self._load(set(idle))
            self._commit([], profiles, self._close_all(profiles), now_ms)
        return Progress(bool(idle), len(idle) == _CLOSE_VISITORS)

    def _close_all(self, profiles: dict[Visitor, Profile]) -> FactBatch:
        facts = FactBatch()
        tokens: dict[str, TokenMemo] = {}
        for (key_name, _), profile in profiles.items():
            site_day = self._days.of(key_name)
            where = visits.SiteDay(site_day.site, site_day.day_number)
            visits.close(profile, where, self._token(tokens, key_name), facts)
        return facts

    def _token(self, known: dict[str, TokenMemo], key_name: str) -> visits.Token:
        memo = known.get(key_name)
        if memo is None:
            memo = known[key_name] = TokenMemo(self._keys, key_name)
        return memo.__getitem__

    def close_day(self, key_name: str) -> int:
        """Close all visits of a site-day and delete its profiles; returns the number of profiles."""
        deleted = 0
        while tags := self.open_visits.tags_of_day(key_name)[:_CLOSE_VISITORS]:
            profiles = self._load({(key_name, tag) for tag in tags})
            facts = self._close_all(profiles)
            gone = [SealedProfile(key_name, tag, b"", 0) for tag in tags]
            self.shard.commit([], gone, facts, self._transport_key())
            self.open_visits.forget_day(key_name, tags)
            deleted += len(tags)
            self._beat()
        return deleted


def _outcome_facts(outcomes: _OutcomeCounts) -> list[OutcomeFact]:
    epoch = date(1970, 1, 1)
    return [
        OutcomeFact(site, (day - epoch).days, hour, outcome, hits)
        for (site, day, hour, outcome), hits in outcomes.items()
    ]

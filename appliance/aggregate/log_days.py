"""Counts the events of a day of a log, visitor by visitor, with the rules that count live events.

A visitor's profile lives for as long as their events are read, in memory only. Days with many events are divided by tag
until a part fits in memory.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

import msgspec

from appliance.aggregate import visits
from appliance.aggregate.profile import ALL_VISITS, Profile
from appliance.aggregate.spill import Bucket, LogEvent, Spill
from appliance.aggregate.value_caps import ValueCaps
from appliance.clock import local_day_hour
from appliance.dimensions import ENGAGEMENT, PAGEVIEW
from appliance.events import CleanEvent
from appliance.facts import EventFact, FactBatch, OutcomeFact
from appliance.outcomes import Outcome
from appliance.settings import Settings, SiteSettings

_PART_EVENTS = 30_000
"""Events that are in memory at a time, about 40 MB."""
_MAX_LEVEL = 4
_BATCH_FACTS = 12_000
"""An insert sums what it holds: fewer of them cost less, and more memory."""
_TOKENS = 65_536
_TWIN_MS = 30_000
"""A tracker's signal this long after the request for the same page is the same pageview."""
_PING_MS = 30_000
"""Trackers say every 10 to 30 seconds that somebody is active on a page, without how long; a longer gap had a pause."""
_EPOCH = date(1970, 1, 1)


class LogDay:
    """One day of an import."""

    def __init__(
        self,
        settings: Settings,
        site: SiteSettings,
        day: date,
        bucket: Bucket,
        token: visits.Token,
        part_events: int = _PART_EVENTS,
    ) -> None:
        """`token` is the keyed hash of the day."""
        self._site = site
        self._where = visits.SiteDay(site.id, (day - _EPOCH).days)
        self._bucket = bucket
        # Of values, a few thousand of which make up nearly all events; forgotten with this object, as the key is.
        self._token = lru_cache(_TOKENS)(token)
        self._caps = ValueCaps(settings)
        self._timeout_ms = settings.visits.timeout_seconds * 1000
        self._max_hits = settings.limits.visitor_hits_per_day
        self._part_events = part_events
        self.outcomes: Counter[tuple[int, Outcome]] = Counter()
        """Events counted so far by site-local hour and outcome."""

    def facts(self, spill: Spill) -> Iterator[FactBatch]:
        """All facts of the day in batches; `outcomes` is complete afterwards."""
        facts = FactBatch()
        for part in self._parts(spill, self._bucket):
            for events in part.values():
                if events[0].is_nobody:  # tags of lines with an agent and without one are never the same
                    self._count_views(events, facts)
                else:
                    self._count_visitor(events, facts)
                if len(facts.visits) + len(facts.events) + len(facts.pairs) >= _BATCH_FACTS:
                    yield facts
                    facts = FactBatch()
        if facts:
            yield facts

    def outcome_facts(self) -> FactBatch:
        """What became of the events, as it is counted live."""
        site, day = self._where
        rows = [OutcomeFact(site, day, hour, outcome, hits) for (hour, outcome), hits in sorted(self.outcomes.items())]
        return FactBatch(outcomes=rows)

    def _parts(self, spill: Spill, bucket: Bucket) -> Iterator[dict[bytes, list[LogEvent]]]:
        size = spill.buckets().get(bucket, 0)
        if size <= self._part_events or bucket.level == _MAX_LEVEL:
            yield self._loaded(spill, bucket)
            return
        n_parts = min(-(-size // self._part_events) + 1, 256)
        first = 4 * bucket.level
        for events in spill.take(bucket):
            for one in events:
                number = int.from_bytes(one.event.tag[first : first + 4], "big") % n_parts
                spill.put(Bucket(bucket.key_name, bucket.number * 256 + number, bucket.level + 1), one)
        for number in range(n_parts):
            part = Bucket(bucket.key_name, bucket.number * 256 + number, bucket.level + 1)
            yield from self._parts(spill, part)

    def _loaded(self, spill: Spill, bucket: Bucket) -> dict[bytes, list[LogEvent]]:
        """Events by visitor; of one visitor no more than are counted, so that a robot cannot fill the memory."""
        found: dict[bytes, list[LogEvent]] = {}
        for events in spill.take(bucket):
            for one in events:
                of_visitor = found.setdefault(one.event.tag, [])
                if len(of_visitor) < self._max_hits:
                    of_visitor.append(one)
                else:
                    self._note(one.event, Outcome.RATE_LIMITED)
        return found

    def _count_visitor(self, events: list[LogEvent], facts: FactBatch) -> None:
        events.sort(key=_moment)
        profile = Profile()
        served: dict[str, int] = {}
        signs: dict[str, int] = {}
        was_new_visitor = was_new_visit = False
        for one in events:
            event = one.event
            if one.is_signal and event.name == PAGEVIEW and event.at_ms - served.get(event.path, -_TWIN_MS) < _TWIN_MS:
                profile.seen_event_id(event.event_id)  # it may be sent again
                self._note(event, Outcome.DUPLICATE)
                continue
            if not one.is_signal:
                served[event.path] = event.at_ms
            elif event.name == ENGAGEMENT:
                gap = event.at_ms - signs.get(event.path, event.at_ms)
                event = msgspec.structs.replace(event, engaged_ms=min(gap, _PING_MS))
            signs[event.path] = event.at_ms
            # Two flags in a row come from a browser that keeps no cookie: its address and agent say more then.
            if one.is_new_visitor and not was_new_visitor and profile.visits:
                visits.close(profile, self._where, self._token, facts)
                profile = Profile()
            elif one.is_new_visit and not was_new_visit:
                visits.close(profile, self._where, self._token, facts)
            was_new_visitor, was_new_visit = one.is_new_visitor, one.is_new_visit
            hour = self._hour(event)
            outcome = visits.advance(
                profile, self._capped(event), hour, self._where, self._timeout_ms, self._token, facts
            )
            self.outcomes[hour, outcome] += 1
        visits.close(profile, self._where, self._token, facts)

    def _count_views(self, events: list[LogEvent], facts: FactBatch) -> None:
        """Pageviews without a visitor: every mask says that they were seen before."""
        for one in events:
            counted, hour, alone = self._capped(one.event), self._hour(one.event), FactBatch()
            outcome = visits.advance(Profile(), counted, hour, self._where, self._timeout_ms, self._token, alone)
            facts.events += [_of_nobody(fact) for fact in alone.events]
            self.outcomes[hour, outcome] += 1

    def _capped(self, event: CleanEvent) -> CleanEvent:
        return self._caps.apply(self._bucket.key_name, self._site.id, event)

    def _note(self, event: CleanEvent, outcome: Outcome) -> None:
        self.outcomes[self._hour(event), outcome] += 1

    def _hour(self, event: CleanEvent) -> int:
        return local_day_hour(event.at_ms / 1000, self._site.timezone)[1]


def _moment(one: LogEvent) -> tuple[int, bool]:
    """A page is served before a tracker on it can say so."""
    return one.event.at_ms, one.is_signal


def _of_nobody(fact: EventFact) -> EventFact:
    seen = [msgspec.structs.replace(attribute, mask=ALL_VISITS) for attribute in fact.event_attributes]
    pairs = [msgspec.structs.replace(pair, mask=ALL_VISITS) for pair in fact.event_pairs]
    return msgspec.structs.replace(fact, visitors_hour=0, visit_attributes=[], event_attributes=seen, event_pairs=pairs)

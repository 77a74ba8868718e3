"""Days of a log are counted as live days are, however they are divided and whatever their order."""

import hashlib
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from appliance.aggregate import visits
from appliance.aggregate.log_days import LogDay
from appliance.aggregate.profile import Profile
from appliance.aggregate.spill import Bucket, LogEvent, Spill
from appliance.dimensions import ENGAGEMENT
from appliance.facts import FactBatch
from appliance.outcomes import Outcome
from appliance.settings import LimitSettings, Settings, SiteSettings
from tests.kit.cells import fold, fold_pairs
from tests.kit.events import make_event
from tests.unit.aggregate.test_spill import Sealed

DAY = date(1970, 1, 1)
BUCKET = Bucket("example.org|1970-01-01")
SITE = SiteSettings(id="example.org", hostnames=("example.org",))
MINUTE = 60_000
NO_LIMITS = LimitSettings()
TIMEOUT = 30 * MINUTE


def token(message: bytes) -> bytes:
    return hashlib.blake2b(message, digest_size=8).digest()


def tag(number: int) -> bytes:
    return hashlib.blake2b(bytes((number,)), digest_size=16).digest()


def view(visitor: int, at: int, path: str = "/", **told: bool) -> LogEvent:
    return LogEvent(make_event(tag(visitor), at, path), **told)


def counted(
    directory: Path, events: list[LogEvent], *, part: int = 1000, limits: LimitSettings = NO_LIMITS
) -> tuple[FactBatch, Counter[tuple[int, Outcome]]]:
    spill = Spill(directory, Sealed())
    for event in events:
        spill.put(BUCKET, event)
    day = LogDay(Settings(sites=(SITE,), limits=limits), SITE, DAY, BUCKET, token, part)
    whole = FactBatch()
    for facts in day.facts(spill):
        whole.visits += facts.visits
        whole.events += facts.events
        whole.pairs += facts.pairs
    spill.close()
    return whole, day.outcomes


def live(events: list[LogEvent]) -> FactBatch:
    facts, profiles = FactBatch(), {}
    where = visits.SiteDay("example.org", 0)
    for one in sorted(events, key=lambda one: one.event.at_ms):
        profile = profiles.setdefault(one.event.tag, Profile())
        visits.advance(profile, one.event, one.event.at_ms // (60 * MINUTE), where, TIMEOUT, token, facts)
    for profile in profiles.values():
        visits.close(profile, where, token, facts)
    return facts


@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.integers(0, 24 * 60 - 1), st.sampled_from(["/", "/a", "/b"])),
        max_size=40,
        unique_by=lambda one: one[:2],
    ),
    st.sampled_from([1, 5, 1000]),
)
@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_order_and_any_division_count_as_live(tmp_path: Path, made: list[tuple[int, int, str]], part: int) -> None:
    events = [view(visitor, minute * MINUTE, path) for visitor, minute, path in made]
    facts, outcomes = counted(tmp_path, events, part=part)
    expected = live(events)
    assert fold(facts) == fold(expected)
    assert fold_pairs(facts) == fold_pairs(expected)
    assert outcomes.total() == len(events)


def test_a_flag_begins_a_visit_or_a_visitor_and_two_in_a_row_do_not(tmp_path: Path) -> None:
    def n(*events: LogEvent) -> tuple[int, int]:
        starts = [fact for fact in counted(tmp_path, list(events))[0].visits if fact.phase == 1]
        return sum(fact.bit == 1 for fact in starts), len(starts)

    entry, new = {"is_new_visit": True}, {"is_new_visitor": True, "is_new_visit": True}
    assert n(view(1, 0), view(1, 1), view(1, 2)) == (1, 1)
    assert n(view(1, 0, **new), view(1, 1), view(1, 2, **entry)) == (1, 2)
    assert n(view(1, 0, **new), view(1, 1), view(1, 2, **new), view(1, 3)) == (2, 2)
    assert n(view(1, 0, **new), view(1, 1, **new), view(1, 2, **new)) == (1, 1)


@pytest.mark.parametrize(("later", "outcome"), [(29_999, Outcome.DUPLICATE), (30_000, Outcome.ACCEPTED)])
def test_a_tracker_s_signal_for_a_page_just_served_is_the_same_pageview(
    tmp_path: Path, later: int, outcome: Outcome
) -> None:
    _, outcomes = counted(tmp_path, [view(1, 0), view(1, later, is_signal=True)])
    assert outcomes == Counter([(0, Outcome.ACCEPTED)]) + Counter([(0, outcome)])
    assert counted(tmp_path, [view(1, 0), view(1, 1, "/b", is_signal=True)])[1].total() == 2


def test_a_tracker_s_hit_that_was_a_page_s_twin_stays_a_duplicate_when_it_is_sent_again(tmp_path: Path) -> None:
    twin = make_event(tag(1), 100, event_id=b"one")
    again = make_event(tag(1), 10 * MINUTE, event_id=b"one")
    events = [LogEvent(again, is_signal=True), LogEvent(twin, is_signal=True), view(1, 100)]
    assert counted(tmp_path, events)[1] == {(0, Outcome.ACCEPTED): 1, (0, Outcome.DUPLICATE): 2}


def test_pings_tell_how_long_a_page_was_read_but_for_pauses(tmp_path: Path) -> None:
    def ping(at: int, path: str = "/") -> LogEvent:
        return LogEvent(make_event(tag(1), at, path, name=ENGAGEMENT), is_signal=True)

    events = [view(1, 0), ping(10_000), ping(20_000), ping(200_000), view(1, 201_000, "/b"), ping(205_000, "/b")]
    facts, outcomes = counted(tmp_path, events)
    assert [fact.engaged_ms for fact in facts.events if not fact.events] == [10_000, 10_000, 30_000, 4_000]
    assert outcomes == {(0, Outcome.ACCEPTED): 6}
    assert counted(tmp_path, [ping(10_000)])[1] == {(0, Outcome.NO_VISIT): 1}


def test_lines_without_an_agent_are_pageviews_of_nobody(tmp_path: Path) -> None:
    facts, outcomes = counted(tmp_path, [view(1, 0, is_nobody=True), view(1, 5, is_nobody=True)])
    assert not facts.visits
    assert [fact.pageviews for fact in facts.events] == [1, 1]
    assert {fact.visitors_hour for fact in facts.events} == {0}
    assert all(bin(a.mask).count("1") == 64 for fact in facts.events for a in fact.event_attributes)
    assert outcomes == {(0, Outcome.ACCEPTED): 2}


def test_one_visitor_is_counted_up_to_the_limit_of_the_day(tmp_path: Path) -> None:
    events = [view(1, number) for number in range(130)]
    facts, outcomes = counted(tmp_path, events, limits=LimitSettings(visitor_hits_per_day=100))
    assert outcomes == {(0, Outcome.ACCEPTED): 100, (0, Outcome.RATE_LIMITED): 30}
    assert len(facts.events) == 100

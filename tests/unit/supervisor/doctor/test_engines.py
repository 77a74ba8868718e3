"""What the doctor says of Redis and of what waits in it."""

from appliance.state.backlog import Backlog, RedisState
from appliance.supervisor.doctor.engines import check_backlog, check_days, check_redis
from appliance.supervisor.doctor.finding import Level

NOW = 1_795_000_000.0
WELL = RedisState("7.0.15", 0.1, "noeviction", is_append_only=True, last_write_failed=False)
EMPTY = Backlog(events=0, facts=0, oldest_facts_ms=None, set_aside=0, days_to_close=0, oldest_events_ms=None)


def levels(state: RedisState) -> list[Level]:
    return [one.level for one in check_redis(state)]


def test_a_redis_that_is_well_is_one_line() -> None:
    assert [one.text for one in check_redis(WELL)] == ["7.0.15 answers, 10% of its memory in use"]


def test_what_loses_hits_is_a_fault() -> None:
    assert levels(WELL._replace(is_append_only=False)) == [Level.FINE, Level.FAULT]
    assert levels(WELL._replace(last_write_failed=True)) == [Level.FINE, Level.FAULT]
    assert levels(WELL._replace(eviction_policy="allkeys-lru")) == [Level.FINE, Level.FAULT]


def test_a_redis_that_is_nearly_full_is_a_warning() -> None:
    assert levels(WELL._replace(memory_share=0.65)) == [Level.FINE, Level.WARNING]


def test_facts_that_wait_for_minutes_are_a_warning() -> None:
    young = EMPTY._replace(events=3, facts=2, oldest_facts_ms=int(NOW * 1000) - 15_000)
    assert [one.level for one in check_backlog(young, NOW)] == [Level.FINE]
    (old,) = check_backlog(young._replace(oldest_facts_ms=int(NOW * 1000) - 300_000), NOW)
    assert (old.level, old.text) == (
        Level.WARNING,
        "3 commits and 2 batches of facts wait, the oldest for 5 minutes",
    )


def test_batches_that_were_set_aside_are_a_fault() -> None:
    assert [one.level for one in check_backlog(EMPTY._replace(set_aside=1), NOW)] == [Level.FINE, Level.FAULT]


def test_overdue_days_are_a_fault() -> None:
    assert check_days([])[0].level is Level.FINE
    assert check_days(["a.example 2026-11-01"])[0].text == "over and not closed: a.example 2026-11-01"

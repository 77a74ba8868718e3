"""The worker over a real Redis: queue to outbox, restarts, idle visits, the end of the day."""

import json
import threading
import time
from itertools import count
from pathlib import Path

import pytest

from appliance.aggregate.end_of_day import expire_overdue_keys
from appliance.aggregate.site_days import SiteDays
from appliance.anonymize.keyring import Keyring
from appliance.clock import day_end
from appliance.dimensions import OTHER, Dimension
from appliance.errors import ApplianceError, StartError, UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.state.closes import CloseRequests
from appliance.state.connection import Client
from appliance.state.lease import Lease
from appliance.state.live import current_visitors
from tests.kit.cells import fold
from tests.kit.events import make_event
from tests.kit.worker_bench import DAY, NOON, SETTINGS, SHARDS, SITE, Bench, at


@pytest.fixture
def bench(redis_client: Client, redis_url: str, tmp_path: Path) -> Bench:
    while redis_client.info("persistence")["aof_rewrite_in_progress"]:
        time.sleep(0.01)  # of the test before
    return Bench(redis_client, redis_url, tmp_path)


@pytest.mark.external
async def test_queued_events_become_facts_and_leave_the_queue(bench: Bench) -> None:
    await bench.send(*(make_event(tag=bytes([n]) * 16, at_ms=at(n)) for n in range(10)))
    bench.run()
    assert bench.totals() == {"visitors": 10, "visits": 10, "pageviews": 10, "events": 10, "visitors_hour": 10}
    assert bench.outcomes() == {"accepted": 10}
    assert [bench.client.xlen(f"events:{{{n}}}") for n in range(SHARDS)] == [0, 0]


async def test_hits_of_one_visitor_beyond_the_days_limit_are_dropped_and_counted(bench: Bench) -> None:
    await bench.send(*(make_event(tag=b"\x01" * 16, at_ms=at(n), event_id=bytes([n]) * 8) for n in range(101)))
    await bench.send(make_event(tag=b"\x02" * 16, at_ms=at(0)))
    bench.run()
    bench.restart()
    await bench.send(make_event(tag=b"\x01" * 16, at_ms=at(102)))
    bench.run()
    assert bench.totals()["pageviews"] == 101
    assert bench.outcomes() == {"accepted": 101, "rate_limited": 2}


async def test_values_beyond_the_limits_are_said_in_the_log(bench: Bench) -> None:
    await bench.send(*(make_event(tag=bytes([n]) * 16, at_ms=at(n), path=f"/{n}") for n in range(110)))
    bench.run()
    bench.totals()
    assert ("values_beyond_limits", {"level": "warning", "of_sites": 10, "of_visitors": 0}) in bench.log
    assert fold(bench.facts)[1][Dimension.PAGE, OTHER]["pageviews"] == 10


@pytest.mark.external
async def test_restarted_worker_goes_on_with_the_open_visit(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0), event_id=b"12345678"))
    bench.run()
    bench.restart()
    await bench.send(make_event(at_ms=at(60)), make_event(at_ms=at(0), event_id=b"12345678"))
    bench.run()
    assert bench.totals()["visits"] == 1
    assert bench.outcomes() == {"accepted": 2, "duplicate": 1}


async def test_restarted_worker_knows_how_far_in_a_funnel_the_visitor_was(bench: Bench) -> None:
    first = make_event(at_ms=at(0), event_id=b"12345678", steps=(("Buy", 1),))
    await bench.send(first)
    bench.run()
    bench.restart()
    await bench.send(first, make_event(at_ms=at(60), steps=(("Buy", 3),)))
    bench.run()
    bench.restart()
    await bench.send(make_event(at_ms=at(90), steps=(("Buy", 3),)))
    bench.run()
    bench.totals()
    cells = fold(bench.facts)[1]
    assert [cells[Dimension.FUNNEL_STEP, f"Buy={n}"]["visitors"] for n in (1, 2)] == [1, 1]


async def test_idle_visit_is_closed_after_the_timeout_also_by_a_restarted_worker(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.run()
    bench.now = NOON + 1800
    bench.restart()
    bench.run()
    assert "closed" not in bench.totals()
    bench.now = NOON + 1810
    bench.restart()
    bench.run()
    assert bench.totals()["closed"] == 1


async def test_idle_visit_is_closed_although_a_later_hit_came_in_the_same_batch(bench: Bench) -> None:
    later = make_event(tag=b"\x00" * 16, at_ms=at(1700))
    earlier = make_event(tag=b"\x02" * 16, at_ms=at(0))
    await bench.send(later, earlier)
    bench.now = NOON + 1810
    bench.run()
    assert bench.totals()["closed"] == 1


async def test_waiting_events_keep_a_visit_open_however_late_they_are_read(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.run()
    await bench.send(make_event(at_ms=at(1700)))
    bench.now = NOON + 3400
    bench.restart()
    bench.run()
    assert bench.totals()["visits"] == 1


async def test_visit_is_not_closed_by_the_wall_clock_while_a_backlog_is_read_bit_by_bit(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("appliance.aggregate.shard_worker._READ_ENTRIES", 1)
    for seconds in (0, 1700, 3400):
        await bench.send(make_event(at_ms=at(seconds)))
    bench.now = NOON + 7000
    bench.run()
    assert (bench.totals()["visits"], bench.totals()["closed"]) == (1, 1)


async def test_visits_go_on_when_the_clock_is_set_back(bench: Bench) -> None:
    bench.now = NOON + 7200
    bench.run()
    bench.now = NOON
    for seconds in (0, 10, 20):
        await bench.send(make_event(at_ms=at(seconds)))
        bench.now = NOON + seconds
        bench.run()
    assert bench.totals()["visits"] == 1


@pytest.mark.external
async def test_end_of_the_day_closes_deletes_destroys_and_says_so(bench: Bench) -> None:
    await bench.send(*(make_event(tag=bytes([n]) * 16, at_ms=at(n)) for n in range(5)))
    bench.run()
    bench.now = day_end(DAY, "UTC") + 6
    bench.restart()
    bench.run()
    assert bench.totals()["closed"] == 5
    assert bench.client.keys("visitor:*") == []
    assert bench.keys.live() == []
    (request,) = CloseRequests(bench.client, SHARDS).pending()
    assert (request.site, request.day, request.ready) == (SITE, DAY, True)
    lines = (bench.directory / "evidence.jsonl").read_text().splitlines()
    kinds = [json.loads(line)["kind"] for line in lines]
    assert kinds == ["key_created", "visits_closed", "key_destroyed", "append_only_file_rewrite"]
    assert bench.evidence.verify().broken_at is None


async def test_day_is_not_ended_before_its_last_hits_can_have_arrived(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.now = day_end(DAY, "UTC") + 4
    bench.run()
    assert len(bench.keys.live()) == 1


async def test_event_read_after_its_day_was_ended_is_late(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.keys.destroy(bench.keys.live()[0])
    bench.now = day_end(DAY, "UTC") + 6
    bench.run()
    assert bench.outcomes() == {"late": 1}
    assert [bench.client.xlen(f"events:{{{n}}}") for n in range(SHARDS)] == [0, 0]


async def test_transport_key_is_destroyed_when_nothing_under_it_is_left(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.run()
    bench.now = day_end(DAY, "UTC") + 6
    bench.restart()
    bench.run()
    assert sorted(slot.name for slot in bench.transport.live()) == [
        "transport|2026-11-23",
        "transport|2026-11-24",
    ]
    bench.totals()
    bench.restart()
    bench.run()
    assert [slot.name for slot in bench.transport.live()] == ["transport|2026-11-24"]


async def test_worker_lets_go_of_open_visits_whose_key_was_destroyed_from_outside(bench: Bench) -> None:
    await bench.send(make_event(tag=b"\x01" * 16, at_ms=at(0)))
    stop = threading.Event()

    def destroy_then_send() -> None:
        """As `appliance keys expire` does it, beside a worker that runs."""
        bench.keys.destroy(bench.keys.live()[0])
        bench.now = NOON + 1900
        bench.log.clear()

    def log(event: str, **facts: object) -> None:
        seen.append(event)
        if seen.count("key_gone") > 1 or event == "recovered":
            stop.set()

    seen: list[str] = []
    bench.worker._log = log
    bench.worker.run(stop, destroy_then_send)
    assert seen[:2] == ["key_gone", "recovered"]


async def test_facts_are_sealed_although_the_clock_was_set_back_behind_a_destroyed_transport_key(bench: Bench) -> None:
    for name in ("transport|2026-11-23", "transport|2026-11-24"):
        bench.transport.key(name, create=True)
    bench.transport.destroy(next(slot for slot in bench.transport.live() if slot.name.endswith("-23")))
    await bench.send(make_event(at_ms=at(0)))
    bench.run()
    assert bench.totals()["visits"] == 1


async def test_current_visitors_are_those_of_the_last_five_minutes(bench: Bench) -> None:
    await bench.send(make_event(tag=b"\x01" * 16, at_ms=at(0)), make_event(tag=b"\x02" * 16, at_ms=at(200)))
    bench.now = NOON + 310
    bench.run()
    assert current_visitors(bench.client, SITE) == 1


@pytest.mark.external
async def test_second_worker_elsewhere_ends_with_a_clear_message(bench: Bench) -> None:
    bench.client.set("lease:{0}", b"another-host#x")
    stop = threading.Event()
    stop.set()
    with pytest.raises(StartError, match="another worker \\(another-host\\)"):
        bench.worker.run(stop, stop.set)


async def test_profiles_whose_key_is_lost_are_reported(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.run()
    (bench.directory / "day-keys").unlink()
    bench.keys = Keyring.open(bench.directory, bench.clock)
    bench.restart()
    bench.run()
    assert ("key_lost", {"level": "warning", "unreadable_profiles": 1}) in bench.log


async def test_overdue_keys_are_destroyed_even_when_no_worker_runs(bench: Bench) -> None:
    bench.keys.day_key(SITE, DAY, create=True)
    days = SiteDays(SETTINGS)
    bench.now = day_end(DAY, "UTC") + 3599
    assert expire_overdue_keys(bench.keys, days, bench.evidence, bench.clock) == []
    bench.now = day_end(DAY, "UTC") + 3600
    assert expire_overdue_keys(bench.keys, days, bench.evidence, bench.clock) == [f"{SITE}|{DAY}"]
    assert bench.keys.live() == []
    assert bench.evidence.verify().entries == 2


@pytest.mark.parametrize("lost", [False, True], ids=["destroyed by keys expire", "lost with the host"])
async def test_day_whose_key_ended_without_a_worker_is_closed_by_the_next_one(bench: Bench, lost: bool) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.run()
    bench.now = day_end(DAY, "UTC") + 3600
    if lost:
        (bench.directory / "day-keys").unlink()
        bench.keys = Keyring.open(bench.directory, bench.clock)
    else:
        expire_overdue_keys(bench.keys, SiteDays(SETTINGS), bench.evidence, bench.clock)
    for _ in range(2):
        bench.restart()
        bench.run()
    (request,) = CloseRequests(bench.client, SHARDS).pending()
    assert (request.site, request.day) == (SITE, DAY)


async def test_day_whose_key_was_lost_before_its_end_stays_open(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.run()
    (bench.directory / "day-keys").unlink()
    bench.keys = Keyring.open(bench.directory, bench.clock)
    bench.restart()
    bench.run()
    assert CloseRequests(bench.client, SHARDS).pending() == []


async def test_file_is_rewritten_again_when_an_earlier_rewrite_was_still_running(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [None, True]
    monkeypatch.setattr("appliance.aggregate.end_of_day.rewrite_append_only_file", lambda _: answers.pop(0))
    await bench.send(make_event(at_ms=at(0)))
    bench.now = day_end(DAY, "UTC") + 6
    for _ in range(3):
        bench.restart()
        bench.run()
    assert answers == []
    assert len(CloseRequests(bench.client, SHARDS).pending()) == 1


async def test_key_is_destroyed_although_the_evidence_cannot_be_written(bench: Bench) -> None:
    await bench.send(make_event(at_ms=at(0)))
    bench.now = day_end(DAY, "UTC") + 6
    bench.evidence = EvidenceLog(bench.directory)
    bench.restart()
    with pytest.raises(ApplianceError, match="evidence log"):
        bench.run()
    assert bench.keys.live() == []


async def test_overdue_key_is_destroyed_while_redis_is_away(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    await bench.send(make_event(at_ms=at(0)))
    stop = threading.Event()

    def go_away() -> None:
        refused = count(1)

        def refuse(_: Lease) -> None:
            if next(refused) == 3:
                stop.set()
            raise UnavailableError("Redis is away")

        monkeypatch.setattr(Lease, "keep", refuse)
        bench.now = day_end(DAY, "UTC") + 3600

    bench.worker.run(stop, go_away)
    assert bench.keys.live() == []


async def test_transaction_is_bounded_however_much_is_queued(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.aggregate.shard_worker._READ_EVENTS", 10)
    for _ in range(20):
        await bench.send(*(make_event(at_ms=at(n)) for n in range(5)))
    bench.run()
    assert {len(entry.batch.events) for entry in bench.outboxes[0].read(100) if entry.batch} == {10}
    assert bench.totals()["pageviews"] == 100

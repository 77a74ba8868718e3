"""Dropped hits are counted, handed over, and kept when nobody takes them."""

import asyncio
import logging
from datetime import date

import pytest

from appliance.errors import UnavailableError
from appliance.facts import OutcomeFact
from appliance.ingest.outcome_counter import OutcomeCounter
from appliance.outcomes import Outcome

DAY = date(2026, 11, 23)
NUMBER = (DAY - date(1970, 1, 1)).days


class Sink:
    def __init__(self) -> None:
        self.taken: list[OutcomeFact] = []
        self.away = False

    async def append(self, outcomes: list[OutcomeFact], number: int) -> None:
        if self.away:
            raise UnavailableError("away")
        self.taken += outcomes


async def test_counts_are_summed_by_hour_and_refusals_by_day() -> None:
    sink = Sink()
    counter = OutcomeCounter(sink)
    for outcome in (Outcome.BOT, Outcome.BOT, Outcome.GPC):
        counter.count("example.org", DAY, 9, outcome)
    await counter.flush()
    assert sink.taken == [
        OutcomeFact("example.org", NUMBER, 9, "bot", 2),
        OutcomeFact("example.org", NUMBER, 0, "gpc", 1),
    ]


async def test_counts_that_nobody_takes_are_kept() -> None:
    sink = Sink()
    sink.away = True
    counter = OutcomeCounter(sink)
    counter.count("example.org", DAY, 9, Outcome.BOT)
    await counter.flush()
    counter.count("example.org", DAY, 9, Outcome.BOT)
    sink.away = False
    await counter.flush()
    assert sink.taken == [OutcomeFact("example.org", NUMBER, 9, "bot", 1)] * 2


async def test_counts_whose_answer_was_lost_are_handed_over_again_under_their_number() -> None:
    class Lossy:
        def __init__(self) -> None:
            self.taken: dict[int, list[OutcomeFact]] = {}
            self.loses_answers = True

        async def append(self, outcomes: list[OutcomeFact], number: int) -> None:
            assert self.taken.setdefault(number, outcomes) == outcomes
            if self.loses_answers:
                raise UnavailableError("away")

    sink = Lossy()
    counter = OutcomeCounter(sink)
    for _ in range(3):
        counter.count("example.org", DAY, 9, Outcome.BOT)
        await counter.flush()
    sink.loses_answers = False
    await counter.flush()
    assert [[fact.hits for fact in facts] for facts in sink.taken.values()] == [[1], [2]]


async def test_stopping_hands_over_the_last_counts() -> None:
    sink = Sink()
    counter = OutcomeCounter(sink)
    await counter.start()
    counter.count("example.org", DAY, 9, Outcome.BOT)
    await counter.stop()
    assert len(sink.taken) == 1


async def test_flush_under_way_when_it_stops_is_neither_lost_nor_doubled() -> None:
    taken: list[OutcomeFact] = []
    entered, go_on = asyncio.Event(), asyncio.Event()

    class Slow:
        async def append(self, outcomes: list[OutcomeFact], number: int) -> None:
            taken.extend(outcomes)  # Redis has them, its answer is on the way
            entered.set()
            await go_on.wait()

    counter = OutcomeCounter(Slow())
    await counter.start()
    counter.count("example.org", DAY, 9, Outcome.BOT)
    await entered.wait()
    stopping = asyncio.create_task(counter.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert taken == [OutcomeFact("example.org", NUMBER, 9, "bot", 1)]


async def test_counts_survive_an_error_nobody_expected(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Sink):
        async def append(self, outcomes: list[OutcomeFact], number: int) -> None:
            if self.away:
                raise ValueError("canary")
            await super().append(outcomes, number)

    sink = Broken()
    sink.away = True
    counter = OutcomeCounter(sink)
    counter.count("example.org", DAY, 9, Outcome.BOT)
    await counter.flush()
    sink.away = False
    await counter.flush()
    assert sink.taken == [OutcomeFact("example.org", NUMBER, 9, "bot", 1)]
    assert "canary" not in caplog.text


async def test_memory_is_bounded_while_nobody_takes_counts(caplog: pytest.LogCaptureFixture) -> None:
    sink = Sink()
    counter = OutcomeCounter(sink, max_counters=2)
    for hour in (1, 2, 3, 3, 1):
        counter.count("example.org", DAY, hour, Outcome.BOT)
    with caplog.at_level(logging.WARNING):
        await counter.flush()
    assert [(fact.hour, fact.hits) for fact in sink.taken] == [(1, 2), (2, 1)]
    assert [record.__dict__["hits"] for record in caplog.records] == [2]

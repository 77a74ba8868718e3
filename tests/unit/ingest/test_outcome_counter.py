"""Dropped hits are counted, handed over, and kept when nobody takes them."""

from datetime import date

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

    async def append(self, outcomes: list[OutcomeFact]) -> None:
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
    assert sink.taken == [OutcomeFact("example.org", NUMBER, 9, "bot", 2)]


async def test_stopping_hands_over_the_last_counts() -> None:
    sink = Sink()
    counter = OutcomeCounter(sink)
    await counter.start()
    counter.count("example.org", DAY, 9, Outcome.BOT)
    await counter.stop()
    assert len(sink.taken) == 1

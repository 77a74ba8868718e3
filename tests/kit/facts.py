"""Random facts: not from coherent visits, but of every shape that the counting has to tell apart."""

from itertools import combinations
from random import Random

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.facts import Attribute, AttributePair, EventFact, FactBatch, OutcomeFact, Phase, VisitFact

_VISIT = [d for d, traits in TRAITS.items() if traits.scope is Scope.VISIT and d is not Dimension.EXIT_PAGE]
_EVENT = [d for d, traits in TRAITS.items() if traits.scope is Scope.EVENT]
_VALUES = ["/", "/a b", "é'\\\n\t", "Direct / None", "x" * 256, "🙂", "{site:String}", "0"]


def random_batch(
    random: Random, size: int, sites: tuple[str, ...] = ("a.example",), days: tuple[int, ...] = (20_780,)
) -> FactBatch:
    """`size` visit facts and as many events and outcome counts."""
    visits, events, outcomes = [], [], []
    for _ in range(size):
        site, day, hour = random.choice(sites), random.choice(days), random.randrange(24)
        bit = 1 << random.choice((0, 0, 1, 2, 63))
        if random.random() < 0.5:
            visits.append(VisitFact(site, day, hour, Phase.START, bit, _attributes(random, _VISIT)))
        else:
            exits = [Dimension.EXIT_PAGE] if random.random() < 0.8 else []
            attributes = _attributes(random, _VISIT) + _attributes(random, exits, share=1)
            counters = (random.randrange(5), random.randrange(9), random.randrange(2), random.randrange(10**7))
            visits.append(VisitFact(site, day, hour, Phase.CLOSE, bit, attributes, *counters))
        own = _attributes(random, _EVENT)
        if random.random() < 0.3:
            signal = (0, random.randrange(10**6), random.randrange(2), random.randrange(101), random.randrange(2))
            events.append(EventFact(site, day, hour, bit, 0, 0, _attributes(random, _VISIT), own, *signal))
        else:
            flags, revenue = (random.randrange(2), random.randrange(2)), random.randrange(-(10**9), 10**12)
            events.append(
                EventFact(
                    *(site, day, hour, bit, *flags, _attributes(random, _VISIT), own),
                    revenue_minor=revenue,
                    event_pairs=_pairs(random, own),
                )
            )
        outcomes.append(
            OutcomeFact(site, day, hour, random.choice(("accepted", "bot", "late")), random.randrange(1, 9))
        )
    return FactBatch(visits, events, outcomes, [fact for fact in visits if fact.phase == Phase.CLOSE])


def joined(batches: list[FactBatch]) -> FactBatch:
    """All facts of some batches as one."""
    return FactBatch(
        [fact for batch in batches for fact in batch.visits],
        [fact for batch in batches for fact in batch.events],
        [fact for batch in batches for fact in batch.outcomes],
        [fact for batch in batches for fact in batch.pairs],
    )


def of_site_day(batch: FactBatch, site: str, day: int) -> FactBatch:
    """The facts of one site and day."""
    return FactBatch(
        [fact for fact in batch.visits if (fact.site, fact.day) == (site, day)],
        [fact for fact in batch.events if (fact.site, fact.day) == (site, day)],
        [fact for fact in batch.outcomes if (fact.site, fact.day) == (site, day)],
        [fact for fact in batch.pairs if (fact.site, fact.day) == (site, day)],
    )


def _pairs(random: Random, attributes: list[Attribute]) -> list[AttributePair]:
    masks = (0, 1, 2, 1 << 63, random.getrandbits(64))
    return [
        AttributePair(a.dimension, a.value, b.dimension, b.value, random.choice(masks))
        for a, b in combinations(sorted(attributes, key=lambda one: one.dimension), 2)
    ]


def _attributes(random: Random, dimensions: list[Dimension], share: float = 0.6) -> list[Attribute]:
    masks = (0, 1, 2, 3, 1 << 63, (1 << 64) - 1, random.getrandbits(64))
    return [
        Attribute(int(dimension), random.choice(_VALUES), random.choice(masks))
        for dimension in dimensions
        if random.random() < share
    ]

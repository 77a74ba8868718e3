"""Steps of funnels against a slow count over everything that a visitor did that day."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from appliance.aggregate import visits
from appliance.aggregate.profile import Profile, decode_profile, encode_profile
from appliance.anonymize.site_rules import SiteRules
from appliance.dimensions import ENGAGEMENT, PAGEVIEW, Dimension
from appliance.events import funnel_step
from appliance.facts import EventFact, FactBatch
from appliance.settings import FunnelSettings, SiteSettings, StepSettings
from tests.kit.cells import fold, fold_pairs
from tests.kit.events import make_event

WHERE = visits.SiteDay("example.org", 20_000)
TIMEOUT = 1_800_000
FUNNELS = {
    "Buy": ("/shop*", "/cart", "!Purchase"),
    "Twice": ("/cart", "/cart"),
    "Overlap": ("/*", "/shop*", "/shop/a", "!Purchase"),
}
RULES = SiteRules(
    SiteSettings(
        id="example.org",
        funnels=tuple(
            FunnelSettings(
                name=name,
                steps=tuple(
                    StepSettings(event=step[1:]) if step.startswith("!") else StepSettings(page=step) for step in steps
                ),
            )
            for name, steps in FUNNELS.items()
        ),
    )
)
Deed = tuple[str, str, int]
"""Name, path and minutes since the deed before."""
DEEDS = st.tuples(
    st.sampled_from((PAGEVIEW, PAGEVIEW, "Purchase", ENGAGEMENT)),
    st.sampled_from(("/", "/shop", "/shop/a", "/cart")),
    st.sampled_from((1, 1, 31)),
)


def walk(*days: list[Deed], restart: bool = False) -> FactBatch:
    """What visitors with these days bring."""
    facts = FactBatch()
    for deeds in days:
        profile, now = Profile(), 0
        for number, (name, path, minutes) in enumerate(deeds):
            now += minutes * 60_000
            event = make_event(
                at_ms=now, path=path, name=name, event_id=b"%08d" % number, steps=RULES.steps(name, path)
            )
            visits.advance(profile, event, 9, WHERE, TIMEOUT, bytes, facts)
            if restart:
                profile = decode_profile(encode_profile(profile))
            visits.advance(profile, event, 9, WHERE, TIMEOUT, bytes, facts)  # sent again
        visits.close(profile, WHERE, bytes, facts)
    return facts


def reached(facts: FactBatch) -> Counter[str]:
    cells = fold(facts)[1]
    return Counter({value: cell["visitors"] for (dim, value), cell in cells.items() if dim == Dimension.FUNNEL_STEP})


def expected(*days: list[Deed]) -> Counter[str]:
    """A visitor's deeds as a text of letters; a step is reached if its deeds stand there one after the other."""
    found: Counter[str] = Counter()
    for deeds in days:
        for name, steps in FUNNELS.items():
            rest = list(deeds)
            for number, step in enumerate(steps, start=1):
                hits = [place for place, deed in enumerate(rest) if satisfies(deed, step)]
                if not hits:
                    break
                rest = rest[hits[0] + 1 :]
                found[funnel_step(name, number)] += 1
    return found


def satisfies(deed: Deed, step: str) -> bool:
    name, path, _ = deed
    if step.startswith("!"):
        return name == step[1:]
    return name == PAGEVIEW and (path.startswith(step[:-1]) if step.endswith("*") else path == step)


@given(st.lists(st.lists(DEEDS, max_size=12), max_size=4), st.booleans())
def test_steps_are_those_that_a_slow_count_finds(days: list[list[Deed]], restart: bool) -> None:
    assert reached(walk(*days, restart=restart)) == expected(*days)


@given(st.lists(DEEDS, max_size=12))
def test_funnels_change_no_other_number(deeds: list[Deed]) -> None:
    def is_step(fact: EventFact) -> bool:
        return any(attribute.dimension == Dimension.FUNNEL_STEP for attribute in fact.event_attributes)

    facts = walk(deeds)
    without = FactBatch(facts.visits, [fact for fact in facts.events if not is_step(fact)], [], facts.pairs)
    assert fold(facts)[0] == fold(without)[0]
    assert {key for key in fold(facts)[1] if key[0] != Dimension.FUNNEL_STEP} == set(fold(without)[1])
    assert fold_pairs(facts) == fold_pairs(without)


def test_visitor_who_goes_through_twice_counts_once() -> None:
    through = [(PAGEVIEW, "/shop", 1), (PAGEVIEW, "/cart", 1), ("Purchase", "/cart", 1)]
    assert [reached(walk(through * 2))[f"Buy={n}"] for n in (1, 2, 3)] == [1, 1, 1]


def test_steps_out_of_order_are_not_reached() -> None:
    backwards = [("Purchase", "/cart", 1), (PAGEVIEW, "/cart", 1), (PAGEVIEW, "/shop", 1)]
    assert [reached(walk(backwards))[f"Buy={n}"] for n in (1, 2, 3)] == [1, 0, 0]


def test_one_event_is_one_step_although_it_satisfies_several() -> None:
    assert reached(walk([(PAGEVIEW, "/cart", 1)])) == {"Twice=1": 1, "Overlap=1": 1}


def test_steps_in_several_visits_of_the_day_belong_together() -> None:
    assert reached(walk([(PAGEVIEW, "/shop", 1), (PAGEVIEW, "/cart", 31)]))["Buy=2"] == 1

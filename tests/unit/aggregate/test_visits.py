"""The counting rules against a slow, obvious count with sets of people."""

from collections import Counter, defaultdict
from dataclasses import dataclass
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from appliance.aggregate import visits
from appliance.aggregate.profile import MAX_TOKENS, Profile, decode_profile, encode_profile
from appliance.dimensions import DIRECT, ENGAGEMENT, PAGEVIEW, Dimension
from appliance.events import EVENT_FIELDS, VISIT_FIELDS, CleanEvent
from appliance.facts import FactBatch
from appliance.outcomes import Outcome
from tests.kit.cells import fold, fold_pairs

MINUTE = 60_000
TIMEOUT = 30 * MINUTE
WHERE = visits.SiteDay("example.org", 20_000)


def token(message: bytes) -> bytes:
    return message


def event(at: int, path: str = "/", name: str = PAGEVIEW, **fields: object) -> CleanEvent:
    given_fields = {"interactive": True, "event_id": b"", "source": DIRECT, "referrer": "", "country": "DE"} | fields
    return CleanEvent(tag=b"t" * 16, at_ms=at, name=name, hostname="example.org", path=path, **given_fields)


def advance(profile: Profile, facts: FactBatch, *events: CleanEvent) -> list[Outcome]:
    return [visits.advance(profile, e, (e.at_ms // (60 * MINUTE)) % 24, WHERE, TIMEOUT, token, facts) for e in events]


def test_gap_of_exactly_the_timeout_continues_the_visit() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0), event(TIMEOUT))
    assert profile.visits == 1


def test_gap_longer_than_the_timeout_closes_the_visit_and_starts_the_next() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0), event(TIMEOUT + 1))
    totals, _ = fold(facts)
    assert totals == Counter(visitors=1, visits=2, closed=1, bounces=1, pageviews=2, events=2, visitors_hour=1)


def test_non_interactive_event_does_not_end_a_bounce_and_an_interactive_one_does() -> None:
    for interactive, bounces in ((False, 1), (True, 0)):
        profile, facts = Profile(), FactBatch()
        advance(profile, facts, event(0), event(1, name="Scroll", interactive=interactive))
        visits.close(profile, WHERE, token, facts)
        assert fold(facts)[0]["bounces"] == bounces


def test_visit_without_pageview_has_an_entry_page_but_no_exit_page_and_no_bounce() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0, "/signup", name="Signup"))
    visits.close(profile, WHERE, token, facts)
    totals, cells = fold(facts)
    assert totals["bounces"] == 0
    assert cells[Dimension.ENTRY_PAGE, "/signup"]["visits"] == 1
    assert not [value for dimension, value in cells if dimension == Dimension.EXIT_PAGE]


def test_later_event_changes_neither_entry_page_nor_source() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0, "/a", source="one.example"), event(1, "/b", source="two.example"))
    _, cells = fold(facts)
    assert cells[Dimension.ENTRY_PAGE, "/a"]["visits"] == 1
    assert (Dimension.SOURCE, "two.example") not in cells


def test_event_id_seen_before_counts_once() -> None:
    profile, facts = Profile(), FactBatch()
    outcomes = advance(profile, facts, event(0, event_id=b"12345678"), event(9, event_id=b"12345678"))
    assert outcomes == [Outcome.ACCEPTED, Outcome.DUPLICATE]
    assert fold(facts)[0]["pageviews"] == 1


@pytest.mark.parametrize(
    ("events", "outcome"),
    [
        pytest.param([], Outcome.NO_VISIT, id="nobody there"),
        pytest.param([event(0, "/other")], Outcome.NO_VISIT, id="another page"),
        pytest.param([event(-TIMEOUT, "/p")], Outcome.NO_VISIT, id="visit is over"),
        pytest.param([event(0, "/p")], Outcome.ACCEPTED, id="page of the open visit"),
    ],
)
def test_engagement_needs_an_open_visit_of_its_page(events: list[CleanEvent], outcome: Outcome) -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, *events)
    assert advance(profile, facts, event(5, "/p", name=ENGAGEMENT)) == [outcome]
    assert len(facts.events) == len(events)


def test_engagement_moves_the_end_of_the_visit() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0, "/p"), event(7000, "/p", name=ENGAGEMENT))
    visits.close(profile, WHERE, token, facts)
    assert fold(facts)[0]["duration_ms"] == 7000


def signal(at: int, path: str = "/", engaged_ms: int = 0, scroll_depth: int = -1) -> CleanEvent:
    return event(at, path, name=ENGAGEMENT, engaged_ms=engaged_ms, scroll_depth=scroll_depth)


def engagement_of(facts: FactBatch, path: str = "/") -> tuple[int, ...]:
    cell = fold(facts)[1][Dimension.PAGE, path]
    return tuple(cell[name] for name in ("engaged_ms", "engaged_visits", "scroll_depth", "scroll_visits"))


def test_depth_of_a_page_is_the_greatest_of_the_visit_and_time_adds_up() -> None:
    profile, facts = Profile(), FactBatch()
    advance(
        profile, facts, event(0), signal(1, engaged_ms=5, scroll_depth=40), signal(2, engaged_ms=7, scroll_depth=30)
    )
    assert engagement_of(facts) == (12, 1, 40, 1)
    advance(profile, facts, signal(3, scroll_depth=100))
    assert engagement_of(facts) == (12, 1, 100, 1)


def test_depth_of_zero_percent_is_a_depth_and_none_is_not() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0), signal(1, engaged_ms=5))
    assert engagement_of(facts) == (5, 1, 0, 0)
    advance(profile, facts, signal(2, scroll_depth=0))
    assert engagement_of(facts) == (5, 1, 0, 1)


def test_engagement_of_the_next_visit_counts_anew() -> None:
    profile, facts = Profile(), FactBatch()
    for start in (0, 2 * TIMEOUT):
        advance(profile, facts, event(start), signal(start + 1, engaged_ms=5, scroll_depth=40))
    assert engagement_of(facts) == (10, 2, 80, 2)


def test_engagement_counts_on_its_page_only_and_is_no_event() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0), event(1, "/b"), signal(2, "/b", engaged_ms=5))
    totals, cells = fold(facts)
    assert (totals["events"], totals["pageviews"]) == (2, 2)
    assert [key for key, cell in cells.items() if cell["engaged_ms"]] == [(Dimension.PAGE, "/b")]
    assert cells[Dimension.PAGE, "/b"]["visits"] == 1


@given(st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9), st.integers(-1, 100)), max_size=30))
def test_engagement_equals_the_greatest_depths_and_sums(signals: list[tuple[str, int, int]]) -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0, "/a"), event(0, "/b"))
    for page, engaged_ms, depth in signals:
        profile = decode_profile(encode_profile(profile))
        advance(profile, facts, signal(1, f"/{page}", engaged_ms, depth))
    for page in "ab":
        times = [ms for where, ms, _ in signals if where == page and ms]
        depths = [depth for where, _, depth in signals if where == page and depth >= 0]
        expected = (sum(times), int(bool(times)), max(depths, default=0), int(bool(depths)))
        assert engagement_of(facts, f"/{page}") == expected


def test_event_that_arrives_out_of_order_does_not_shorten_the_visit() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(5000), event(3000))
    assert profile.last_ms == 5000


def test_closing_twice_counts_once() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, event(0))
    visits.close(profile, WHERE, token, facts)
    visits.close(profile, WHERE, token, facts)
    assert fold(facts)[0]["closed"] == 1


def test_full_profile_lifts_no_cell_but_still_counts_pageviews() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, *(event(n, f"/{n}") for n in range(MAX_TOKENS + 5)))
    totals, cells = fold(facts)
    assert totals["pageviews"] == MAX_TOKENS + 5
    assert cells[Dimension.PAGE, f"/{MAX_TOKENS + 4}"] == Counter(pageviews=1, events=1)
    assert len(profile.tokens) == MAX_TOKENS


@dataclass
class _Visit:
    person: int
    events: list[CleanEvent]
    is_first: bool

    def attributes(self) -> list[tuple[int, str]]:
        """Non-empty values known at the start."""
        own = [(int(d), value) for d, field in VISIT_FIELDS if (value := getattr(self.events[0], field))]
        return [*own, (int(Dimension.VISITOR_TYPE), "New that day" if self.is_first else "Returning that day")]


def _visits_of(by_person: dict[int, list[CleanEvent]]) -> list[_Visit]:
    found: list[_Visit] = []
    for person, events in by_person.items():
        open_visit: _Visit | None = None
        for one in events:
            if open_visit is None or one.at_ms - open_visit.events[-1].at_ms > TIMEOUT:
                open_visit = _Visit(person, [], is_first=open_visit is None)
                found.append(open_visit)
            open_visit.events.append(one)
    return found


def _ended(visit: _Visit) -> dict[str, int]:
    views = [e for e in visit.events if e.name == PAGEVIEW]
    active = [e for e in visit.events if e.name != PAGEVIEW and e.interactive]
    return {
        "closed": 1,
        "bounces": int(len(views) == 1 and not active),
        "duration_ms": visit.events[-1].at_ms - visit.events[0].at_ms,
    }


def _obvious(by_person: dict[int, list[CleanEvent]]) -> dict[tuple[int, str], Counter[str]]:
    """Single cells by brute force over whole visits and sets of people."""
    people: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    cells: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    for visit in _visits_of(by_person):
        views = [e for e in visit.events if e.name == PAGEVIEW]
        ended = _ended(visit)
        whole = {"visits": 1, "pageviews": len(views), "events": len(visit.events)} | ended
        keys = visit.attributes()
        if views:
            keys.append((Dimension.EXIT_PAGE, views[-1].path))
        for dimension, value in keys:
            cells[dimension, value].update(whole)
            people[dimension, value, "visitors"].add(visit.person)
        for key in {key for e in visit.events for key in _own_values(e)}:
            here = [e for e in visit.events if key in _own_values(e)]
            cells[key].update(visits=1, events=len(here), pageviews=sum(e.name == PAGEVIEW for e in here))
            people[*key, "visitors"].add(visit.person)
    for (dimension, value, _), who in people.items():
        cells[dimension, value]["visitors"] = len(who)
    return {key: +counters for key, counters in cells.items()}


def _own_values(one: CleanEvent) -> set[tuple[int, str]]:
    single = {(int(dimension), value) for dimension, field in EVENT_FIELDS if (value := getattr(one, field))}
    goals = {(int(Dimension.GOAL), goal) for goal in one.goals}
    return single | goals | {(int(Dimension.PROPS), f"{key}={value}") for key, value in one.props}


def _obvious_pairs(by_person: dict[int, list[CleanEvent]]) -> dict[tuple[int, str, int, str], Counter[str]]:
    """Pair cells by brute force over whole visits and sets of people."""
    people: dict[tuple[int, str, int, str], set[int]] = defaultdict(set)
    cells: dict[tuple[int, str, int, str], Counter[str]] = defaultdict(Counter)
    for visit in _visits_of(by_person):
        views = [e for e in visit.events if e.name == PAGEVIEW]
        of_visit = visit.attributes()
        exits = [(int(Dimension.EXIT_PAGE), views[-1].path)] if views else []
        for a, b in combinations(sorted(of_visit + exits), 2):
            cells[*a, *b].update(_ended(visit) | {"visits": 1, "pageviews": len(views), "events": len(visit.events)})
            people[*a, *b].add(visit.person)
        seen: dict[tuple[int, str, int, str], list[CleanEvent]] = defaultdict(list)
        for one in visit.events:
            own = sorted(_own_values(one))
            for a in own:
                for b in of_visit:
                    seen[*a, *b].append(one)
            for a, b in combinations(own, 2):
                if a[0] != b[0] or a[0] == Dimension.PROPS:
                    seen[*a, *b].append(one)
        for before, after in pairwise(views):
            if before.path != after.path:
                seen[int(Dimension.PAGE), after.path, int(Dimension.PREVIOUS_PAGE), before.path].append(after)
        for key, here in seen.items():
            cells[key].update(visits=1, events=len(here), pageviews=sum(e.name == PAGEVIEW for e in here))
            people[key].add(visit.person)
    for key, who in people.items():
        cells[key]["visitors"] = len(who)
    return {key: +counters for key, counters in cells.items()}


_steps = st.tuples(
    st.integers(0, 2),
    st.sampled_from([1, 5 * MINUTE, TIMEOUT, TIMEOUT + 1, 3 * 60 * MINUTE]),
    st.sampled_from(["/", "/a", "/b"]),
    st.sampled_from([PAGEVIEW, PAGEVIEW, "Signup"]),
    st.booleans(),
    st.sampled_from([DIRECT, "one.example", "two.example"]),
    st.sampled_from(["", "spring"]),
    st.sampled_from([(), ("Signup",), ("Signup", "Paid")]),
    st.sampled_from([(), (("plan", "free"),), (("plan", "pro"), ("size", "free"))]),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(_steps, max_size=30))
def test_cells_equal_a_count_by_sets_of_people(
    steps: list[tuple[int, int, str, str, bool, str, str, tuple[str, ...], tuple[tuple[str, str], ...]]],
) -> None:
    by_person: dict[int, list[CleanEvent]] = defaultdict(list)
    now = Counter[int]()
    profiles: dict[int, Profile] = defaultdict(Profile)
    facts = FactBatch()
    for person, gap, path, name, interactive, source, campaign, goals, props in steps:
        now[person] += gap
        fields = {"interactive": interactive, "source": source, "utm_campaign": campaign}
        one = event(now[person], path, name, goals=goals, props=props, **fields)
        by_person[person].append(one)
        profiles[person] = decode_profile(encode_profile(profiles[person]))  # as between two batches
        advance(profiles[person], facts, one)
    for profile in profiles.values():
        visits.close(profile, WHERE, token, facts)
    assert fold(facts)[1] == _obvious(by_person)
    assert fold_pairs(facts) == _obvious_pairs(by_person)


def test_more_visits_than_a_mask_has_bits_lift_no_visitor_and_fit_into_the_counters() -> None:
    profile, facts = Profile(), FactBatch()
    advance(profile, facts, *(event(n * (TIMEOUT + 1)) for n in range(70)))
    encode_profile(profile)
    assert max(fact.bit for fact in facts.visits) < 1 << 64
    totals, cells = fold(facts)
    assert (totals["visits"], totals["visitors"]) == (70, 1)
    assert {counters["visitors"] for counters in cells.values()} == {1}

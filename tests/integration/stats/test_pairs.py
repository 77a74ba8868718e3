"""Answers about two attributes: against plain sums over the same visits, and by hand."""

from itertools import permutations
from random import Random
from typing import Any

import pytest

from appliance.aggregate import visits
from appliance.aggregate.profile import Profile
from appliance.dimensions import BY_API_NAME, DIRECT, PAGEVIEW, Dimension
from appliance.facts import FactBatch
from appliance.stats.contract import NOT_SET, OTHER
from tests.integration.stats.conftest import DAY, DAY_NUMBER, Stats
from tests.kit.cells import fold, fold_pairs
from tests.kit.events import make_event

WHERE = visits.SiteDay("example.org", DAY_NUMBER)
PAGES = ("/", "/blog/a", "/blog/b", "/c")
SOURCES = (DIRECT, "Google", "x.example", "y.example")
K = 5


def person(facts: FactBatch, *events: dict[str, Any], **fields: Any) -> None:
    """One visitor, one visit, ten seconds an event."""
    profile = Profile()
    fields = {"source": DIRECT, "country": "DE", "browser": "Firefox"} | fields
    for number, event in enumerate(events):
        visits.advance(
            profile,
            make_event(at_ms=number * 10_000, **(fields | event)),
            9,
            WHERE,
            1_800_000,
            lambda value: value,
            facts,
        )
    visits.close(profile, WHERE, lambda value: value, facts)


def crowd(seed: int, people: int = 250) -> FactBatch:
    random, facts = Random(seed), FactBatch()
    for _ in range(people):
        path = [random.choice(PAGES) for _ in range(random.choice((1, 1, 2, 3)))]
        events: list[dict[str, Any]] = [{"path": page} for page in path]
        if random.random() < 0.3:
            plan = (("plan", random.choice(("pro", "free"))),)
            events.append({"path": path[-1], "name": "Signup", "goals": ("Signup",), "props": plan})
        person(
            facts,
            *events,
            source=random.choices(SOURCES, (5, 3, 1, 1))[0],
            country=random.choices(("DE", "FR", "AT"), (6, 3, 1))[0],
            utm_campaign=random.choice(("", "spring")),
            referrer=random.choice(("", "a.example")),
        )
    return facts


@pytest.fixture(params=["running", "closed"])
def crowded(stats: Stats, request: pytest.FixtureRequest) -> tuple[Stats, FactBatch]:
    facts = crowd(7)
    stats.insert(facts.visits, facts.events, facts.pairs)
    if request.param == "closed":
        stats.close_day(DAY)
    return stats, facts


TWO = [
    *permutations(("event:page", "visit:source"), 2),
    ("visit:source", "visit:country"),
    ("visit:country", "visit:entry_page"),
    ("event:goal", "visit:source"),
    ("event:page", "event:goal"),
    ("event:props:plan", "visit:country"),
    ("visit:utm_campaign", "visit:country"),
]


@pytest.mark.parametrize(("one", "other"), TWO)
def test_rows_of_pairs_are_the_plain_sums_of_pairs_with_k_visitors(
    crowded: tuple[Stats, FactBatch], one: str, other: str
) -> None:
    stats, facts = crowded
    dimensions = [Dimension.PROPS if "props" in name else BY_API_NAME[name] for name in (one, other)]
    prefixes = ["plan=" if "props" in name else "" for name in (one, other)]
    is_turned = dimensions != sorted(dimensions)
    plain = {
        ((b, a) if is_turned else (a, b)): counters
        for (dim_a, a, dim_b, b), counters in fold_pairs(facts).items()
        if [dim_a, dim_b] == sorted(dimensions)
    }
    metrics = ["visitors", "visits", "pageviews", "events"]
    found = stats.rows(dimensions=[one, other], metrics=metrics)
    named = {values: row for values, row in found.items() if not {OTHER, NOT_SET} & set(values)}
    assert named
    for (a, b), row in named.items():
        counters = plain[prefixes[0] + a, prefixes[1] + b]
        assert row == [counters[name] for name in metrics]
        assert row[0] >= K


@pytest.mark.parametrize(
    ("one", "other", "metric"),
    [
        ("event:page", "visit:source", "pageviews"),
        ("visit:source", "event:page", "pageviews"),
        ("visit:source", "visit:country", "visits"),
        ("visit:country", "visit:utm_campaign", "visits"),
        ("visit:entry_page", "visit:source", "pageviews"),
        ("event:goal", "visit:source", "conversions"),
    ],
)
def test_rows_of_a_value_add_up_to_the_value(
    crowded: tuple[Stats, FactBatch], one: str, other: str, metric: str
) -> None:
    stats, _ = crowded
    alone = stats.rows(dimensions=[one], metrics=[metric])
    together: dict[tuple[str, ...], float] = {}
    for (value, _), (number,) in stats.rows(dimensions=[one, other], metrics=[metric]).items():
        together[value,] = together.get((value,), 0) + number
    assert together == {value: number for value, (number,) in alone.items()}


@pytest.mark.parametrize(("one", "other"), [("event:page", "visit:source"), ("visit:country", "visit:source")])
def test_filter_gives_the_rows_of_its_value(crowded: tuple[Stats, FactBatch], one: str, other: str) -> None:
    stats, _ = crowded
    metrics = ["visitors", "pageviews", "events"]
    pairs = stats.rows(dimensions=[one, other], metrics=metrics)
    for value in (DIRECT, "Google"):
        filtered = stats.rows(dimensions=[one], filters=[["is", other, [value]]], metrics=metrics)
        expected = {(a,): row for (a, b), row in pairs.items() if b == value}
        assert {key: row for key, row in filtered.items() if key != (OTHER,)} == expected
        # What is left of the source is what its own row has beyond these.
        (of_value,) = stats.rows(filters=[["is", other, [value]]], metrics=metrics).values()
        assert sum(row[1] for row in filtered.values()) == of_value[1]


def test_entries_and_exits_of_pages_by_source_are_those_of_the_visits(crowded: tuple[Stats, FactBatch]) -> None:
    stats, _ = crowded
    rows = stats.rows(dimensions=["event:page", "visit:source"], metrics=["entries", "exits"])
    named = {values: row for values, row in rows.items() if OTHER not in values}
    for at, dimension in enumerate(("visit:entry_page", "visit:exit_page")):
        visits = stats.rows(dimensions=[dimension, "visit:source"], metrics=["visits"])
        assert {values: row[at] for values, row in named.items() if row[at]} == {
            values: row[0] for values, row in visits.items() if values in named
        }


def test_two_filters_give_one_cell(crowded: tuple[Stats, FactBatch]) -> None:
    stats, facts = crowded
    filters = [["is", "event:page", ["/"]], ["is", "visit:source", ["Google"]]]
    plain = fold_pairs(facts)[Dimension.PAGE, "/", Dimension.SOURCE, "Google"]
    asked = stats.rows(filters=filters, metrics=["visitors", "pageviews"])
    assert asked == {(): [plain["visitors"], plain["pageviews"]]}
    assert stats.rows(filters=[["and", filters]], metrics=["visitors", "pageviews"]) == asked


def test_filter_of_one_attribute_needs_no_pairs(crowded: tuple[Stats, FactBatch]) -> None:
    stats, facts = crowded
    cell = fold(facts)[1][Dimension.SOURCE, "Google"]
    for filters in (
        [["is", "visit:source", ["google"], {"case_sensitive": False}]],
        [["contains", "visit:source", ["oogl"]]],
    ):
        asked = stats.rows(filters=filters, metrics=["visitors", "visits", "bounce_rate"])
        assert asked == {(): [cell["visitors"], cell["visits"], round(100 * cell["bounces"] / cell["closed"])]}
    by_day = stats.rows(filters=[["is", "visit:source", ["Google"]]], dimensions=["time:day"], date_range="7d")
    assert by_day == {(DAY.isoformat(),): [cell["visitors"]]}
    others = stats.rows(dimensions=["visit:source"], filters=[["is_not", "visit:source", ["Google"]]])
    assert ("Google",) not in others
    assert (DIRECT,) in others
    assert (OTHER,) not in others


def test_several_values_are_added_up_and_the_answer_says_so(crowded: tuple[Stats, FactBatch]) -> None:
    stats, _ = crowded
    both = {"filters": [["is", "visit:source", [DIRECT, "Google"]]], "dimensions": ["event:page"]}
    one = {value: stats.rows(**both | {"filters": [["is", "visit:source", [value]]]}) for value in (DIRECT, "Google")}
    answer = stats.ask(**both).json()
    assert answer["meta"]["summed_values"] is True
    for row in answer["results"]:
        parts = [found.get(tuple(row["dimensions"]), [0])[0] for found in one.values()]
        if row["dimensions"] != [OTHER]:
            assert row["metrics"] == [sum(parts)]
    assert "summed_values" not in stats.ask(**both | {"filters": [["is", "visit:source", ["Google"]]]}).json()["meta"]


MIXED = ["or", [["is", "visit:country", ["DE"]], ["matches", "visit:utm_campaign", ["^spr"]]]]


@pytest.mark.parametrize(
    "asked", [[], ["visit:country"], ["visit:utm_campaign"], ["visit:country", "visit:utm_campaign"]]
)
def test_or_over_two_attributes_adds_up_the_pairs_that_pass(crowded: tuple[Stats, FactBatch], asked: list[str]) -> None:
    stats, facts = crowded
    dimensions, metrics = ["visit:country", "visit:utm_campaign"], ["visits", "pageviews"]
    expected: dict[tuple[str, ...], list[float]] = {}
    for (country, campaign), row in stats.rows(dimensions=dimensions, metrics=metrics).items():
        if OTHER not in (country, campaign) and (country == "DE" or campaign == "spring"):
            named = {"visit:country": country, "visit:utm_campaign": campaign}
            key = tuple(named[name] for name in asked)
            expected[key] = [a + b for a, b in zip(expected.get(key, [0, 0]), row, strict=True)]
    assert stats.rows(dimensions=asked, filters=[MIXED], metrics=metrics) == expected
    if not asked:
        pairs = {frozenset({a, b}): counters for (_, a, _, b), counters in fold_pairs(facts).items()}
        plain = fold(facts)[1][Dimension.COUNTRY, "DE"]["visits"]
        assert expected[()][0] == plain + sum(
            pairs[frozenset({country, "spring"})]["visits"] for country in ("FR", "AT")
        )


def test_hidden_pairs_are_said_to_be_missing(stats: Stats) -> None:
    facts = FactBatch()
    for number in range(20):
        person(facts, {"path": "/"}, source="Google" if number < 18 else DIRECT)
        person(facts, {"path": "/blog/a"}, source="Google" if number < 2 else DIRECT)
    stats.insert(facts.visits, facts.events, facts.pairs)
    filters = [["is", "event:page", ["/blog/a"]], ["is", "visit:source", ["Google"]]]
    answer = stats.ask(filters=filters).json()
    assert answer["results"] == [{"dimensions": [], "metrics": [0]}]
    assert answer["meta"]["partial"] is True
    assert answer["meta"]["hidden"]["threshold"] == K


def test_goals_are_compared_with_those_who_could_have_reached_them(stats: Stats) -> None:
    facts = FactBatch()
    signup = {"path": "/", "name": "Signup", "goals": ("Signup",)}
    for number in range(40):
        events = ({"path": "/"}, signup, signup) if number < 20 else ({"path": "/"},)
        person(facts, *events, source="Google" if number % 4 else DIRECT)
    stats.insert(facts.visits, facts.events, facts.pairs)
    stats.close_day(DAY)
    metrics = ["visitors", "conversions", "group_conversion_rate", "conversion_rate"]
    rows = {("Google",): [15, 30, 50.0, 37.5], (DIRECT,): [5, 10, 50.0, 12.5]}
    goal = [["is", "event:goal", ["Signup"]]]
    assert stats.rows(metrics=metrics, dimensions=["visit:source"], filters=goal) == rows
    both = stats.rows(metrics=metrics, dimensions=["event:goal", "visit:source"])
    assert both == {("Signup", *value): row for value, row in rows.items()}
    google = [["is", "visit:source", ["Google"]]]
    assert stats.rows(metrics=metrics, dimensions=["event:goal"], filters=google) == {("Signup",): [15, 30, 50.0, 50.0]}
    assert stats.rows(metrics=metrics, filters=[*goal, *google]) == {(): [15, 30, 50.0, 50.0]}
    assert stats.rows(metrics=metrics, filters=goal) == {(): [20, 40, 50.0, 50.0]}


def test_bounces_of_pages_are_those_of_the_visits_that_entered_there(stats: Stats) -> None:
    facts = FactBatch()
    for number in range(20):
        source = "Google" if number < 10 else DIRECT
        person(facts, {"path": "/"}, source=source)
        person(facts, {"path": "/"}, {"path": "/blog/a"}, source=source)
    stats.insert(facts.visits, facts.events, facts.pairs)
    question = {"metrics": ["visitors", "bounce_rate", "visit_duration"], "dimensions": ["event:page"]}
    google = stats.rows(**question, filters=[["is", "visit:source", ["Google"]]])
    assert google == {("/",): [20, 50, 5], ("/blog/a",): [10, None, None]}


def test_time_and_depth_of_pages_are_known_by_attributes_of_visits(stats: Stats) -> None:
    facts = FactBatch()
    signal = {"path": "/", "name": "engagement", "engaged_ms": 8000, "scroll_depth": 60}
    for number in range(20):
        person(facts, {"path": "/"}, signal, source="Google" if number < 10 else DIRECT)
    stats.insert(facts.visits, facts.events, facts.pairs)
    rows = stats.rows(metrics=["time_on_page", "scroll_depth"], dimensions=["event:page", "visit:source"])
    assert rows == {("/", "Google"): [8, 60], ("/", DIRECT): [8, 60]}


def test_revenue_is_told_by_source(stats: Stats) -> None:
    facts = FactBatch()
    paid = {"path": "/", "name": "Purchase", "currency": "EUR", "revenue_minor": 1250}
    for number in range(60):
        events = ({"path": "/"}, paid) if number % 3 == 0 else ({"path": "/"},)
        person(facts, *events, source="Google" if number < 30 else DIRECT)
    stats.insert(facts.visits, facts.events, facts.pairs)
    euros = [["is", "event:currency", ["EUR"]]]
    by_source = {"metrics": ["revenue"], "dimensions": ["visit:source"]}
    assert stats.rows(**by_source, filters=euros) == {("Google",): [125.0], (DIRECT,): [125.0]}
    assert stats.rows(metrics=["revenue"], dimensions=["event:currency", "visit:source"]) == {
        ("EUR", "Google"): [125.0],
        ("EUR", DIRECT): [125.0],
    }
    assert stats.rows(metrics=["revenue"], filters=euros) == {(): [250.0]}
    assert stats.ask(**by_source).status_code == 400


def test_order_and_pages_of_pairs(crowded: tuple[Stats, FactBatch]) -> None:
    stats, _ = crowded
    question = {
        "dimensions": ["event:page", "visit:source"],
        "order_by": [["visit:source", "asc"], ["visitors", "desc"]],
    }
    whole = stats.ask(**question, include={"total_rows": True}).json()
    rows = [tuple(row["dimensions"]) for row in whole["results"]]
    assert [source for _, source in rows] == sorted(source for _, source in rows)
    part = stats.ask(**question, pagination={"limit": 2, "offset": 1}).json()
    assert [tuple(row["dimensions"]) for row in part["results"]] == rows[1:3]
    assert whole["meta"]["total_rows"] == len(rows)


def test_events_have_their_names(crowded: tuple[Stats, FactBatch]) -> None:
    stats, facts = crowded
    plain = fold_pairs(facts)[Dimension.PAGE, "/", Dimension.NAME, PAGEVIEW]
    rows = stats.rows(dimensions=["event:name"], filters=[["is", "event:page", ["/"]]], metrics=["events"])
    assert rows[PAGEVIEW,] == [plain["events"]]


@pytest.mark.parametrize("closed", [False, True], ids=["running", "closed"])
def test_landing_pages_count_each_visitor_of_a_day_once_at_the_page_of_the_first_visit(
    stats: Stats, closed: bool
) -> None:
    facts = FactBatch()
    hour = 3_600_000
    for number in range(20):
        first, second = ("/", "/blog/a") if number < 12 else ("/blog/a", "/")
        profile = Profile()
        for at, path in ((0, first), (hour, second)):
            event = make_event(at_ms=at, path=path)
            visits.advance(profile, event, 9, WHERE, 1_800_000, lambda value: value, facts)
        visits.close(profile, WHERE, lambda value: value, facts)
    stats.insert(facts.visits, facts.events, facts.pairs)
    if closed:
        stats.close_day(DAY)
    entered = {"dimensions": ["visit:entry_page"], "metrics": ["visitors", "visits"]}
    assert stats.rows(**entered) == {("/",): [20, 20], ("/blog/a",): [20, 20]}
    for kind, rows in (
        ("New that day", {("/",): [12, 12], ("/blog/a",): [8, 8]}),
        ("Returning that day", {("/",): [8, 8], ("/blog/a",): [12, 12]}),
    ):
        assert stats.rows(**entered, filters=[["is", "visit:visitor_type", [kind]]]) == rows
    types = stats.rows(dimensions=["visit:visitor_type"], metrics=["visitors", "visits"])
    assert types == {("New that day",): [20, 20], ("Returning that day",): [20, 20]}

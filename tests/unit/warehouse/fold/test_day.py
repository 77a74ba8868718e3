"""A whole day: what is kept, and what somebody with a solver finds out about the rest."""

import random
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest

from appliance.dimensions import Dimension
from appliance.warehouse.fold.cells import COUNTERS, Pairs
from appliance.warehouse.fold.day import Rules, fold_day, in_order
from appliance.warehouse.fold.parents import PARENT
from tests.kit.attack import bounds_of_hidden_cells
from tests.kit.day_cells import NONE, Cell, DayCells, Visit

D = Dimension
K = 5


def everything(_: Dimension, __: str) -> bool:
    return True


def crowd(size: int, first: int = 0, **fields: object) -> list[Visit]:
    return [Visit(first + number, **fields) for number in range(size)]  # type: ignore[arg-type]


def values(shown: Mapping[Cell, object], dimension: Dimension) -> set[str]:
    return {a for a_dimension, a, b_dimension, _ in shown if a_dimension is dimension and b_dimension is NONE}


def test_fewer_than_k_visitors_leave_no_cell() -> None:
    assert DayCells(crowd(4, attributes={D.COUNTRY: "DE"})).folded() == {}
    assert values(DayCells(crowd(5, attributes={D.COUNTRY: "DE"})).folded(), D.COUNTRY) == {"DE"}


def test_pair_with_a_hidden_value_is_hidden() -> None:
    day = DayCells(
        [
            *crowd(9, 0, attributes={D.SOURCE: "a.example", D.COUNTRY: "DE"}),
            *crowd(4, 20, attributes={D.SOURCE: "few.example", D.COUNTRY: "DE"}),
            *crowd(9, 40, attributes={D.SOURCE: "c.example", D.COUNTRY: "AT"}),
        ]
    )
    assert "few.example" not in {value for cell in day.folded() for value in (cell[1], cell[3])}


def test_value_that_is_hidden_for_the_sake_of_another_is_hidden_in_its_pairs() -> None:
    visits = crowd(30, 0, attributes={D.SOURCE: "a.example", D.COUNTRY: "DE"})
    visits += crowd(30, 40, attributes={D.SOURCE: "a.example", D.COUNTRY: "AT"})
    visits += crowd(20, 80, attributes={D.SOURCE: "hidden.example", D.COUNTRY: "DE"})
    visits += crowd(6, 110, attributes={D.SOURCE: "hidden.example", D.COUNTRY: "AT"})
    visits += crowd(30, 130, attributes={D.SOURCE: "a.example", D.COUNTRY: "FR"})
    visits += crowd(6, 170, attributes={D.SOURCE: "hidden.example", D.COUNTRY: "FR"})
    for number, country in enumerate(("AT", "FR")):
        visits += crowd(1, 180 + number, attributes={D.SOURCE: f"rare{number}.example", D.COUNTRY: country})
    shown = DayCells(visits).folded()
    assert values(shown, D.SOURCE) == {"a.example"}
    assert {cell[1] for cell in shown if cell[0] is D.SOURCE} == {"a.example"}


def test_every_shown_pair_has_k_visitors() -> None:
    for seed in range(5):
        shown = DayCells(traffic(random.Random(seed), 200)).folded(K, everything)
        assert min(row["visitors"] for cell, row in shown.items() if cell[2] is not NONE) >= K
        visits = crowd(4, 1000, attributes={D.SOURCE: "a.example", D.COUNTRY: "DE"})
        assert not [cell for cell in DayCells([*visits, *crowd(9, 0, attributes={})]).folded(K, everything) if cell[2]]


def test_goals_are_not_subtracted_from_their_visitors_because_an_event_may_reach_none() -> None:
    goal = {D.PAGE: "/", D.GOAL: "Signup"}
    visits = crowd(6, 0, attributes={D.COUNTRY: "AT"}, events=(goal,))
    visits += [Visit(0, {D.COUNTRY: "AT"}, ({D.PAGE: "/"},))]
    visits += crowd(9, 20, attributes={D.COUNTRY: "DE"}, events=(goal, {D.PAGE: "/", D.GOAL: "Shared"}))
    shown = DayCells(visits).folded()
    assert shown[D.GOAL, "Signup", D.COUNTRY, "AT"]["events"] == 6


def test_each_property_is_folded_by_itself() -> None:
    visits = crowd(5, 0, attributes={}, events=({D.PROPS: "plan=a"}, {D.PROPS: "size=y"}))
    visits += crowd(1, 10, attributes={}, events=({D.PROPS: "size=y"},))
    visits += crowd(1, 20, attributes={}, events=({D.PROPS: "size=x"},))
    assert values(DayCells(visits).folded(), D.PROPS) == {"plan=a"}


def test_no_row_of_pairs_stands_for_everything_else() -> None:
    shown = DayCells(traffic(random.Random(1), 200)).folded()
    assert "(other)" not in {value for cell in shown for value in (cell[1], cell[3])}


def test_visits_without_a_value_have_a_pair_if_k_visitors_had_none() -> None:
    visits = crowd(8, 0, attributes={D.SOURCE: "a.example", D.UTM_SOURCE: "news"})
    visits += crowd(7, 20, attributes={D.SOURCE: "a.example"})
    visits += crowd(9, 40, attributes={D.SOURCE: "b.example", D.UTM_SOURCE: "news"})
    shown = DayCells(visits).folded()
    assert shown[D.SOURCE, "a.example", D.UTM_SOURCE, ""]["visits"] == 7
    assert (D.SOURCE, "b.example", D.UTM_SOURCE, "") not in shown


def test_padding_by_one_visitor_does_not_lift_a_cell() -> None:
    """Many visits and many pages of one person are one person."""
    ordinary = crowd(30, 0, attributes={D.SOURCE: "a.example"}, events=({D.PAGE: "/"},))
    victims = crowd(4, 50, attributes={D.SOURCE: "few.example"}, events=({D.PAGE: "/secret"},))
    rare = tuple({D.PAGE: f"/rare/{number}"} for number in range(200))
    padding = [Visit(99, {D.SOURCE: f"pad{number}.example"}, rare) for number in range(40)]
    shown = DayCells([*ordinary, *victims, *padding]).folded()
    assert values(shown, D.PAGE) <= {"/"}
    assert values(shown, D.SOURCE) <= {"a.example"}


def test_a_version_is_shown_with_another_attribute_only_inside_the_shown_pair_of_its_family() -> None:
    day = DayCells(traffic(random.Random(7), 400))
    shown = day.folded(K, everything)
    versions = [cell for cell in shown if (cell[0], cell[2]) == (D.SOURCE, D.BROWSER_VERSION)]
    assert versions
    families: dict[tuple[str, str], int] = {}
    for _, source, _, version in versions:
        family = (source, version.rpartition(" ")[0])
        cell = shown[D.SOURCE, source, D.BROWSER_VERSION, version]
        families[family] = families.get(family, 0) + cell["visits"]
    for (source, family), visits in families.items():
        whole = shown[D.SOURCE, source, D.BROWSER, family]
        assert whole["visits"] == visits or whole["visits"] - visits >= K


def test_parents_are_folded_before_their_children() -> None:
    assert all(parent < child for child, parent in PARENT.items())
    order = in_order([(D.BROWSER_VERSION, D.OS_VERSION), (D.BROWSER, D.OS_VERSION), (D.BROWSER, D.OS), (D.OS, NONE)])
    assert order == [(D.OS, NONE), (D.BROWSER, D.OS), (D.BROWSER, D.OS_VERSION), (D.BROWSER_VERSION, D.OS_VERSION)]


def test_a_public_value_of_which_only_side_counters_are_known_leaves_no_row_of_zeros() -> None:
    totals = np.zeros(len(COUNTERS), dtype=np.int64)
    totals[:2] = 9
    closed_only = Pairs(["DE"], [""], np.array([[int(name == "closed") for name in COUNTERS]]))
    kept = list(fold_day(totals, [(D.COUNTRY, NONE)], lambda _: closed_only, Rules(K, everything)))
    assert all(table.cells.counters.any(axis=1).all() for table in kept)
    assert "DE" not in {value for table in kept for value in table.cells.a}


def test_fold_is_the_same_however_often_it_is_done() -> None:
    day = DayCells(traffic(random.Random(3), 150))
    assert list(day.folded().items()) == list(day.folded().items())


TABLES = [(D.SOURCE, D.COUNTRY), (D.PAGE, D.COUNTRY), (D.SOURCE, D.BROWSER_VERSION), (D.PAGE, D.SOURCE)]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: f"{table[0].name}-{table[1].name}")
@pytest.mark.parametrize("optional", [0.0, 0.2], ids=["complete", "gaps"])
def test_solver_with_all_answers_derives_no_small_cell(table: tuple[Dimension, Dimension], optional: float) -> None:
    parents = {(D.SOURCE, D.BROWSER)} if table[1] is D.BROWSER_VERSION else set()
    attacked = 0
    for seed in range(6):
        drawn = random.Random(seed)
        day = DayCells(traffic(drawn, drawn.choice((30, 60, 120)), optional), {table} | parents)
        shown = day.folded(K, everything)
        for bounds in bounds_of_hidden_cells(day, table, shown, K):
            attacked += 1
            assert not bounds.is_exact, (seed, bounds)
    assert attacked > 20


@pytest.mark.parametrize("other", [D.SOURCE, D.PAGE])
@pytest.mark.parametrize("share", [0.1, 0.5, 0.95, 1.0])
def test_solver_derives_no_small_cell_of_an_attribute_that_most_events_lack(other: Dimension, share: float) -> None:
    attacked = 0
    table = (min(D.CURRENCY, other), max(D.CURRENCY, other))
    for seed in range(8):
        drawn = random.Random(seed)
        visits = [
            replace(visit, events=[_paid(drawn, event, share) for event in visit.events])
            for visit in traffic(drawn, drawn.choice((60, 120)))
        ]
        day = DayCells(visits, {table})
        shown = day.folded(K, everything)
        for bounds in bounds_of_hidden_cells(day, table, shown, K):
            attacked += 1
            assert not bounds.is_exact, (seed, bounds)
    assert attacked > 20


def _paid(drawn: random.Random, event: Mapping[Dimension, str], share: float) -> Mapping[Dimension, str]:
    if drawn.random() >= share:
        return event
    return {**event, D.CURRENCY: drawn.choices(("EUR", "USD", "CHF", "GBP"), (6, 3, 2, 1))[0]}


def test_revenue_of_one_currency_is_known_by_source() -> None:
    paid: dict[Dimension, str] = {D.PAGE: "/", D.CURRENCY: "EUR"}
    visits = [
        Visit(number, {D.SOURCE: "ab"[number % 2]}, ({D.PAGE: "/"}, paid) if number % 6 < 2 else ({D.PAGE: "/"},))
        for number in range(60)
    ]
    shown = DayCells(visits).folded(K, everything)
    assert {(D.CURRENCY, "EUR", D.SOURCE, "a"), (D.CURRENCY, "EUR", D.SOURCE, "b")} <= set(shown)


def traffic(drawn: random.Random, visitors: int, optional: float = 0.1) -> list[Visit]:
    """Visits with few frequent and many rare values."""

    def value(prefix: str, count: int) -> str:
        return f"{prefix}{drawn.choices(range(count), [1 / (n + 1) for n in range(count)])[0]}"

    visits = []
    for visitor in range(visitors):
        family = value("Browser", 3)
        fixed = {D.COUNTRY: value("c", 6), D.BROWSER: family, D.BROWSER_VERSION: f"{family} {drawn.randint(1, 3)}"}
        for _ in range(1 if drawn.random() < 0.8 else 2):
            attributes = fixed | {D.SOURCE: value("s", 6)}
            for dimension in (D.SOURCE, D.COUNTRY):
                if drawn.random() < optional:
                    del attributes[dimension]
            events = tuple({D.PAGE: value("/", 6)} for _ in range(drawn.randint(1, 3)))
            visits.append(Visit(visitor, attributes, events, drawn.randrange(100_000)))
    return visits

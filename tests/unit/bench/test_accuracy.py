"""The simulation is right where the answer is known, and always the same."""

from dataclasses import replace
from random import Random

import pytest

from tests.bench.accuracy import (
    AUDIENCES,
    Address,
    Errors,
    Region,
    measure,
    simulate,
    truncated,
    whole,
    without_changes,
)

HOME, NEXT_DOOR, ELSEWHERE = Address(4, 0x0A000001), Address(4, 0x0A0000FF), Address(4, 0x0B000001)


def test_different_browsers_are_counted_right() -> None:
    browsers = [[(HOME, "a")], [(HOME, "b")], [(ELSEWHERE, "a")]]
    assert measure(browsers, whole) == measure(browsers, truncated) == Errors(0.0, 0.0, 0.0)


def test_a_shared_address_and_agent_is_too_few() -> None:
    assert measure([[(HOME, "a")], [(HOME, "a")]], whole) == Errors(0.5, 0.0, -0.5)


def test_neighbours_are_merged_by_truncation_only() -> None:
    browsers = [[(HOME, "a")], [(NEXT_DOOR, "a")]]
    assert measure(browsers, whole).too_few == 0
    assert measure(browsers, truncated).too_few == 0.5


def test_families_are_never_merged() -> None:
    assert measure([[(HOME, "a")], [(Address(6, HOME.number), "a")]], truncated).too_few == 0


def test_a_change_of_address_is_too_many_and_coming_back_is_not() -> None:
    assert measure([[(HOME, "a"), (ELSEWHERE, "a"), (HOME, "a")]], whole) == Errors(0.0, 1.0, 1.0)


@pytest.mark.parametrize("name", AUDIENCES)
def test_truncation_merges_more_people_and_one_visit_is_never_counted_twice(name: str) -> None:
    browsers = Region(without_changes(AUDIENCES[name]), Random(1)).browsers(1_000)
    assert len(browsers) == 1_000
    assert measure(browsers, whole).too_many == measure(browsers, truncated).too_many == 0
    assert measure(browsers, whole).too_few < measure(browsers, truncated).too_few


def test_the_figures_are_always_the_same() -> None:
    assert simulate(AUDIENCES["mixed"], 300, whole) == simulate(AUDIENCES["mixed"], 300, whole)


def test_shares_of_agents_and_visits_add_up() -> None:
    for assumptions in AUDIENCES.values():
        for agents in (assumptions.phone_agents, assumptions.desktop_agents):
            assert sum(share for _, share in agents) == pytest.approx(1)
        assert sum(assumptions.visits) == pytest.approx(1)
        assert sum(assumptions.household_size) == pytest.approx(1)


def test_more_people_behind_an_address_merge_more() -> None:
    few, many = (
        simulate(replace(AUDIENCES["IPv4 only"], per_carrier_address=size), 2_000, whole, runs=1).too_few
        for size in (4, 2_000)
    )
    assert few < many

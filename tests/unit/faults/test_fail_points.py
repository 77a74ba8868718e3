"""Fail points name what exists: a function that was renamed must not go untested in silence."""

import importlib

import pytest

from tests.faults.doom.fail_points import (
    AFTER,
    BEFORE,
    DURING,
    HANG,
    MIDNIGHT,
    MONTH,
    POINTS,
    START,
    STILL,
    TRAFFIC,
    Point,
)


@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.name)
def test_every_point_names_a_function_of_the_product(point: Point) -> None:
    found = importlib.import_module(point.module)
    for name in point.function.split("."):
        found = getattr(found, name)
    assert callable(found)
    assert point.when in (BEFORE, DURING, AFTER, STILL)
    assert point.phase in (START, TRAFFIC, MIDNIGHT, MONTH, HANG)
    assert (point.when == STILL) == (point.phase == HANG)


def test_names_are_different() -> None:
    assert len({point.name for point in POINTS}) == len(POINTS)

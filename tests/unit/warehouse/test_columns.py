"""Columns line up with their types and keep attributes parallel."""

from appliance.facts import Attribute, EventFact, OutcomeFact, VisitFact
from appliance.warehouse.columns import (
    EVENT_TYPES,
    OUTCOME_TYPES,
    VISIT_TYPES,
    event_columns,
    outcome_columns,
    visit_columns,
)

SOURCE, COUNTRY, PAGE = Attribute(22, "Google", 1), Attribute(30, "DE", 3), Attribute(1, "/", 0)


def test_visit_columns() -> None:
    start = VisitFact("a", 20_000, 5, 1, 1, [SOURCE, COUNTRY])
    close = VisitFact("b", 20_001, 6, 2, 2, [], 3, 4, 1, 5_000)
    assert visit_columns([start, close]) == {
        "site": ["a", "b"],
        "day": [20_000, 20_001],
        "hour": [5, 6],
        "phase": [1, 2],
        "bit": [1, 2],
        "dims": [[22, 30], []],
        "vals": [["Google", "DE"], []],
        "masks": [[1, 3], []],
        "pageviews": [0, 3],
        "events": [0, 4],
        "bounces": [0, 1],
        "duration_ms": [0, 5_000],
    }


def test_event_columns_keep_both_scopes_apart() -> None:
    columns = event_columns([EventFact("a", 20_000, 5, 4, 1, 0, [SOURCE, COUNTRY], [PAGE])])
    assert (columns["v_dims"], columns["v_vals"], columns["v_masks"]) == ([[22, 30]], [["Google", "DE"]], [[1, 3]])
    assert (columns["e_dims"], columns["e_vals"], columns["e_masks"]) == ([[1]], [["/"]], [[0]])


def test_columns_are_those_of_the_tables() -> None:
    assert set(visit_columns([])) == set(VISIT_TYPES)
    assert set(event_columns([])) == set(EVENT_TYPES)
    assert set(outcome_columns([])) == set(OUTCOME_TYPES)


def test_outcome_columns() -> None:
    assert outcome_columns([OutcomeFact("a", 1, 2, "bot", 3)]) == {
        "site": ["a"],
        "day": [1],
        "hour": [2],
        "outcome": ["bot"],
        "hits": [3],
    }

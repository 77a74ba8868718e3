"""The table of metrics by attributes in docs/metrics.md, question by question, against the plan."""

from itertools import permutations

import pytest

from appliance.errors import QueryError
from appliance.stats.contract import ATTRIBUTES, PLACE_NAMES, Metric, Question, TimeDimension
from appliance.stats.plan import make_plan

NAMES = [name.replace("<key>", "plan") for name in ATTRIBUTES]
SAME_TWICE = [
    {"visit:country", "visit:region"},
    {"visit:country", "visit:city"},
    {"visit:region", "visit:city"},
    {"visit:browser", "visit:browser_version"},
    {"visit:os", "visit:os_version"},
]
ALWAYS = {Metric.VISITORS, Metric.VISITS, Metric.PAGEVIEWS, Metric.EVENTS, Metric.VIEWS_PER_VISIT}

Shape = tuple[list[str], list[str]]
"""Dimensions, and attributes that are filtered by."""


def shapes() -> list[Shape]:
    """All questions of two attributes at most."""
    alone: list[Shape] = [shape for a in NAMES for shape in (([a], []), ([], [a]), ([a], [a]))]
    both: list[Shape] = [shape for a, b in permutations(NAMES, 2) for shape in (([a, b], []), ([a], [b]), ([], [a, b]))]
    return [([], []), *alone, *both]


def is_promised(metric: Metric, dimensions: list[str], filtered: list[str]) -> bool:
    """What the page says."""
    attributes = {PLACE_NAMES.get(name, name) for name in (*dimensions, *filtered)}
    of_events = {name for name in attributes if name.startswith("event:")}
    if attributes in SAME_TWICE or (of_events and "visit:exit_page" in attributes):
        return False
    if metric is Metric.ENTRIES:
        return of_events == {"event:page"} and "visit:entry_page" not in attributes
    if metric is Metric.EXITS:
        return of_events == {"event:page"}
    if metric in {Metric.BOUNCE_RATE, Metric.VISIT_DURATION}:
        return not of_events or (of_events == {"event:page"} and "visit:entry_page" not in attributes)
    if metric in {Metric.TIME_ON_PAGE, Metric.SCROLL_DEPTH}:
        return of_events == {"event:page"}
    if metric in {Metric.CONVERSIONS, Metric.CONVERSION_RATE, Metric.GROUP_CONVERSION_RATE}:
        return "event:goal" in attributes
    if metric in {Metric.REVENUE, Metric.AVERAGE_REVENUE}:
        return "event:currency" in attributes
    return metric in ALWAYS or (metric is Metric.PERCENTAGE and bool(dimensions))


def is_answered(metric: Metric, dimensions: list[str], filtered: list[str]) -> bool:
    filters = [["is", name, ["EUR"]] for name in filtered]
    try:
        make_plan(Question("example.org", [metric], "day", dimensions=dimensions, filters=filters))
    except QueryError:
        return False
    return True


@pytest.mark.parametrize("metric", Metric)
def test_what_the_page_promises_is_answered_and_nothing_else(metric: Metric) -> None:
    differing = [shape for shape in shapes() if is_answered(metric, *shape) != is_promised(metric, *shape)]
    assert differing == []


@pytest.mark.parametrize(
    ("dimensions", "filtered"), [(NAMES[:3], []), (NAMES[:2], NAMES[2:3]), (NAMES[:1], NAMES[1:3])]
)
def test_three_attributes_are_refused(dimensions: list[str], filtered: list[str]) -> None:
    assert not is_answered(Metric.VISITORS, dimensions, filtered)


OPERATORS = ["is", "is_not", "contains", "contains_not", "matches", "matches_not"]


@pytest.mark.parametrize("name", NAMES)
def test_every_operator_goes_with_every_attribute(name: str) -> None:
    filters = [[operator, name, ["EUR"], {"case_sensitive": False}] for operator in OPERATORS]
    for one in filters:
        make_plan(Question("example.org", ["visitors"], "day", filters=[["not", ["or", [one, one]]]]))
    assert len(make_plan(Question("example.org", ["visitors"], "day", filters=filters)).filters) == 1


@pytest.mark.parametrize("one", NAMES)
def test_or_goes_over_two_attributes_of_which_every_event_has_one_value(one: str) -> None:
    def is_taken(other: str) -> bool:
        filters = [["or", [["is", one, ["a"]], ["is", other, ["a"]]]]]
        try:
            make_plan(Question("example.org", ["visitors"], "day", filters=filters))
        except QueryError:
            return False
        return True

    several = {"event:goal", "event:props:plan", "event:currency"}
    expected = [not {one, other} & several and is_promised(Metric.VISITORS, [], [one, other]) for other in NAMES]
    expected[NAMES.index(one)] = True
    assert [is_taken(other) for other in NAMES] == expected


@pytest.mark.parametrize("time", TimeDimension)
@pytest.mark.parametrize("name", NAMES)
def test_every_time_but_hours_goes_with_every_attribute(name: str, time: TimeDimension) -> None:
    assert is_answered(Metric.VISITORS, [time], [name]) == (time is not TimeDimension.HOUR)
    assert is_answered(Metric.VISITORS, [name, time], []) == (time is not TimeDimension.HOUR)

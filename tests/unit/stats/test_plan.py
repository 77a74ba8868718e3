"""Questions are checked before anything is asked."""

import json
from typing import Any

import pytest

from appliance.dimensions import BY_API_NAME, Dimension
from appliance.errors import QueryError
from appliance.stats.contract import (
    ATTRIBUTES,
    DEFINITIONS,
    PLACE_NAMES,
    TIME_DEFINITIONS,
    UNITS,
    Metric,
    TimeDimension,
)
from appliance.stats.filters import Attribute
from appliance.stats.plan import Plan, Sort, make_plan, read_question


def plan(**changes: Any) -> Plan:
    question = {"site_id": "example.org", "metrics": ["visitors"], "date_range": "day"} | changes
    return make_plan(read_question(json.dumps(question).encode()))


MIXED = ["or", [["is", "visit:source", ["a"]], ["is", "visit:country", ["DE"]]]]


def test_contract_names_every_dimension_and_defines_every_metric() -> None:
    assert set(ATTRIBUTES) == set(BY_API_NAME) | set(PLACE_NAMES)
    assert set(PLACE_NAMES.values()) <= set(BY_API_NAME)
    assert set(DEFINITIONS) == set(UNITS) == set(Metric)
    assert set(TIME_DEFINITIONS) == set(TimeDimension)


def test_usual_order_is_time_then_first_metric() -> None:
    assert plan(dimensions=["visit:source"]).sorts == (Sort("visitors", True),)
    assert plan(dimensions=["time:day"]).sorts == (Sort("time:day", False), Sort("visitors", True))


@pytest.mark.parametrize("time", TimeDimension)
def test_every_time_is_ordered_by_first(time: str) -> None:
    assert plan(dimensions=[time]).sorts == (Sort(time, False), Sort("visitors", True))


def test_attribute_goes_with_days() -> None:
    found = plan(dimensions=["time:day", "event:page"])
    assert (found.asked, found.time) == ((Attribute(Dimension.PAGE),), "time:day")
    assert found.dimensions == ("time:day", "event:page")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"filters": [["is", "event:page", ["/"]], ["is", "visit:source", ["a"]]], "dimensions": ["visit:country"]},
            "more than two",
        ),
        ({"dimensions": ["visit:region"], "filters": [["is", "visit:country", ["DE"]]]}, "says the same twice"),
        ({"dimensions": ["event:page", "visit:exit_page"]}, "when the visit has ended"),
        ({"dimensions": ["event:page", "event:page"]}, "once"),
        ({"dimensions": ["time:hour"], "filters": [["is", "event:page", ["/"]]]}, "ask for time:day"),
        ({"metrics": ["time_on_page"], "dimensions": ["event:page", "event:goal"]}, "attributes of visits only"),
        ({"metrics": ["bounce_rate"], "dimensions": ["event:page", "visit:entry_page"]}, "leave out visit:entry_page"),
        (
            {"metrics": ["bounce_rate"], "dimensions": ["event:page"], "filters": [["is", "event:goal", ["a"]]]},
            "whole visits",
        ),
        ({"metrics": ["average_revenue"], "filters": [["contains", "event:currency", ["E"]]]}, "over currencies"),
        ({"metrics": ["group_conversion_rate"], "dimensions": ["visit:source"]}, "filter by it"),
        ({"dimensions": ["visit:country_name", "visit:country_name"]}, "once"),
        ({"dimensions": ["visit:country_name", "visit:region"]}, "says the same twice"),
        ({"metrics": ["revenue"], "filters": [["is", "event:currency", ["EUR", "USD"]]]}, "over currencies"),
        ({"filters": [MIXED], "dimensions": ["event:page"]}, "more than two"),
        (
            {"filters": [["or", [["is", "event:goal", ["a"]], ["is", "event:page", ["/"]]]]]},
            "cannot combine event:goal",
        ),
        ({"filters": [MIXED], "metrics": ["percentage"], "dimensions": ["visit:source"]}, "has no base"),
        ({"metrics": ["conversions"], "dimensions": ["visit:source"]}, "filter by it"),
        ({"metrics": ["percentage"], "filters": [["is", "event:page", ["/"]]]}, "needs a dimension"),
        ({"metrics": []}, "at least one"),
        ({"metrics": ["visitors", "visitors"]}, "once"),
        ({"metrics": ["visitor"]}, "not one of visitors, visits"),
        ({"dimensions": ["event:pages"]}, "not one of event:page"),
        ({"dimensions": ["event:page", "visit:source", "visit:country"]}, "more than two"),
        ({"dimensions": ["time:hour", "time:day"]}, "one time dimension"),
        ({"dimensions": ["time:hour", "event:page"]}, "ask for time:day"),
        ({"metrics": ["bounce_rate"], "dimensions": ["event:name"]}, "whole visits"),
        ({"metrics": ["visit_duration"], "dimensions": ["event:hostname"]}, "whole visits"),
        ({"order_by": [["visits", "desc"]]}, "neither among metrics"),
        ({"order_by": [["visitors", "down"]]}, "asc"),
        ({"order_by": [["visitors"]]}, "asc"),
        ({"pagination": {"limit": 0}}, "pagination.limit"),
        ({"pagination": {"limit": 10_001}}, "pagination.limit"),
        ({"pagination": {"offset": -1}}, "pagination.offset"),
        ({"pagination": {"page": 1}}, 'pagination has no key "page"; there are limit, offset'),
        ({"include": {"labels": True}}, 'include has no key "labels"; there are imports, comparisons'),
        ({"include": {"comparisons": {"mod": "a"}}}, "comparisons"),
        ({"metric": ["visitors"]}, 'the question has no key "metric"; there are site_id, metrics, date_range'),
        ({"x" * 5_000: 1}, "there are site_id"),
        ({"metrics": "visitors"}, "metrics"),
        ({"site_id": 7}, "site_id"),
    ],
)
def test_question_that_cannot_be_answered_is_refused_with_a_reason(changes: dict[str, Any], words: str) -> None:
    with pytest.raises(QueryError) as refusal:
        plan(**changes)
    assert words in str(refusal.value)
    assert len(str(refusal.value)) < 600


DEEP = b'{"site_id":"a","metrics":[],"date_range":"day","filters":' + b"[" * 30_000 + b"]" * 30_000 + b"}"
SURROGATE = b'{"site_id":"a","metrics":["\\ud800"],"date_range":"day"}'


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"\xff", b"null", b"[" * 100_000, DEEP, SURROGATE])
def test_body_that_is_no_json_object_is_refused(body: bytes) -> None:
    with pytest.raises(QueryError):
        read_question(body)


def test_property_is_named_by_its_key() -> None:
    found = plan(dimensions=["event:props:plan"])
    assert found.asked == (Attribute(Dimension.PROPS, "plan"),)


def test_attributes_are_those_asked_for_and_those_filtered_by() -> None:
    found = plan(dimensions=["visit:source"], filters=[["is", "event:page", ["/"]], ["is_not", "visit:source", ["a"]]])
    assert found.attributes == (Attribute(Dimension.SOURCE), Attribute(Dimension.PAGE))
    assert found.acceptance(Attribute(Dimension.PAGE))("/")
    assert not found.acceptance(Attribute(Dimension.SOURCE))("a")
    assert found.acceptance(Attribute(Dimension.COUNTRY))("anything")


def test_filter_of_two_attributes_looks_at_both_wherever_they_stand() -> None:
    source, country = Attribute(Dimension.SOURCE), Attribute(Dimension.COUNTRY)
    found = plan(dimensions=["visit:country"], filters=[MIXED])
    assert found.attributes == (country, source)
    assert found.is_filtered(country)
    assert found.accepts_pair({country: "DE", source: "b"})
    assert not found.accepts_pair({country: "FR", source: "b"})


@pytest.mark.parametrize("name", ["event:props:", "event:props"])
def test_property_without_a_key_is_no_dimension(name: str) -> None:
    with pytest.raises(QueryError):
        plan(dimensions=[name])

"""Filters become one rule for each attribute, or a sentence that says why not."""

from typing import Any

import pytest

from appliance.dimensions import Dimension
from appliance.errors import QueryError
from appliance.stats.filters import Attribute, read_filters

SOURCE = Attribute(Dimension.SOURCE)
VALUES = ("Google", "google.example", "Bing", "")


def passing(*filters: Any) -> list[str]:
    (found,) = read_filters(list(filters))
    assert found.attribute == SOURCE
    return [value for value in VALUES if found.accepts(value)]


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (["is", "visit:source", ["Google", "Bing"]], ["Google", "Bing"]),
        (["is", "visit:source", ["google"]], []),
        (["is", "visit:source", ["google"], {"case_sensitive": False}], ["Google"]),
        (["is", "visit:source", ["(not set)"]], [""]),
        (["is_not", "visit:source", ["Google"]], ["google.example", "Bing", ""]),
        (["contains", "visit:source", ["oogle"]], ["Google", "google.example"]),
        (["contains", "visit:source", ["GOOGLE"], {"case_sensitive": False}], ["Google", "google.example"]),
        (["contains", "visit:source", [""]], []),
        (["contains_not", "visit:source", ["g"]], [""]),
        (["not", ["is", "visit:source", ["Bing"]]], ["Google", "google.example", ""]),
        (["or", [["is", "visit:source", ["Bing"]], ["contains", "visit:source", ["."]]]], ["google.example", "Bing"]),
        (
            ["and", [["contains", "visit:source", ["oogle"]], ["is_not", "visit:source", ["Google"]]]],
            ["google.example"],
        ),
    ],
)
def test_values_pass(asked: list[Any], expected: list[str]) -> None:
    assert passing(asked) == expected


def test_filters_of_one_attribute_hold_together() -> None:
    assert passing(["contains", "visit:source", ["oogle"]], ["contains", "visit:source", ["."]]) == ["google.example"]


def test_only_a_plain_is_names_its_values() -> None:
    assert read_filters([["is", "visit:source", ["a", "b"]]])[0].values == ("a", "b")
    for asked in (["is_not", "visit:source", ["a"]], ["not", ["is", "visit:source", ["a"]]]):
        assert read_filters([asked])[0].values == ()


def test_property_is_filtered_by_its_key() -> None:
    (found,) = read_filters([["is", "event:props:plan", ["pro"]]])
    assert found.attribute == Attribute(Dimension.PROPS, "plan")
    assert found.accepts("pro")


DEEP: Any = ["is", "visit:source", ["a"]]
for _ in range(20):
    DEEP = ["not", DEEP]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("is", "each must be"),
        ([], "each must be"),
        ([["is"]], "each must be"),
        (["is", "visit:source"], "needs an attribute and a list"),
        (["is", "visit:source", "Google"], "list of strings"),
        (["is", "visit:source", []], "list of strings"),
        (["is", "visit:source", [7]], "list of strings"),
        (["is", "visit:source", ["a"] * 1001], "1000 values"),
        (["is", "visit:shoe", ["a"]], "not one of"),
        (["is", ["visit:source"], ["a"]], "not one of"),
        (["is", "time:day", ["a"]], "not one of"),
        (["is", "visit:source", ["a"], {"case": 1}], "modifier"),
        (["matches", "visit:source", ["a+"]], "cannot be answered"),
        (["has_done", ["is", "event:goal", ["a"]]], "cannot be answered"),
        (["like", "visit:source", ["a"]], "not one of is, is_not"),
        (["or", []], "needs a list"),
        (["or", [["is", "visit:source", ["a"]], ["is", "event:page", ["/"]]]], "one attribute only"),
        (["not", ["and", [["is", "visit:source", ["a"]], ["is", "event:page", ["/"]]]]], "one attribute only"),
        (DEEP, "levels"),
    ],
)
def test_what_is_no_filter_is_refused_with_a_reason(asked: Any, words: str) -> None:
    with pytest.raises(QueryError, match="filters: ") as refusal:
        read_filters([asked])
    assert words in str(refusal.value)

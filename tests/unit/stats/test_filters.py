"""Filters become one rule for each attribute, or a sentence that says why not."""

from typing import Any

import pytest

from appliance.dimensions import Dimension
from appliance.errors import QueryError
from appliance.stats.filters import Attribute, read_filters

SOURCE = Attribute(Dimension.SOURCE)
VALUES = ("Google", "google.example", "Bing", "")


def passing(*filters: Any) -> list[str]:
    (found,), pairs = read_filters(list(filters))
    assert not pairs
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
        (["matches", "visit:source", ["^goo", "B.n"]], ["google.example", "Bing"]),
        (["matches", "visit:source", ["^GOO"], {"case_sensitive": False}], ["Google", "google.example"]),
        (["matches", "visit:source", ["^$"]], [""]),
        (["matches_not", "visit:source", ["oo"]], ["Bing", ""]),
        (["contains", "visit:source", ["(not set)"]], []),
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
    assert read_filters([["is", "visit:source", ["a", "b"]]]).single[0].values == ("a", "b")
    for asked in (["is_not", "visit:source", ["a"]], ["not", ["is", "visit:source", ["a"]]]):
        assert read_filters([asked]).single[0].values == ()


def test_property_is_filtered_by_its_key() -> None:
    (found,) = read_filters([["is", "event:props:plan", ["pro"]]]).single
    assert found.attribute == Attribute(Dimension.PROPS, "plan")
    assert found.accepts("pro")


GOOGLE = ["is", "visit:source", ["Google"]]
GERMAN = ["is", "visit:country", ["DE"]]


@pytest.mark.parametrize(
    ("asked", "passing_pairs"),
    [
        (["or", [GOOGLE, GERMAN]], {("Google", "DE"), ("Google", "FR"), ("Bing", "DE")}),
        (["not", ["and", [GOOGLE, GERMAN]]], {("Google", "FR"), ("Bing", "DE"), ("Bing", "FR")}),
        (["not", ["or", [GOOGLE, GERMAN]]], {("Bing", "FR")}),
        (["or", [["and", [GOOGLE, GERMAN]], ["not", ["or", [GOOGLE, GERMAN]]]]], {("Google", "DE"), ("Bing", "FR")}),
    ],
)
def test_or_and_not_look_at_two_attributes_at_once(asked: list[Any], passing_pairs: set[tuple[str, str]]) -> None:
    single, (found,) = read_filters([asked])
    assert single == ()
    assert (found.one.name, found.other.name) == ("visit:source", "visit:country")
    pairs = [(source, country) for source in ("Google", "Bing") for country in ("DE", "FR")]
    assert {pair for pair in pairs if found.accepts(*pair)} == passing_pairs


def test_and_of_two_attributes_is_a_filter_of_each() -> None:
    single, pairs = read_filters([["and", [GOOGLE, GERMAN]]])
    assert [one.attribute.name for one in single] == ["visit:source", "visit:country"]
    assert pairs == ()


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
        (["is", "visit:source", ["a"], {"case_sensitive": "no"}], "modifier"),
        (["contains", "visit:source", ["a", ""]], 'contains ""'),
        (["contains_not", "visit:source", [""]], 'contains ""'),
        (["matches", "visit:source", ["(a"]], "no regular expression of RE2"),
        (["matches", "visit:source", ["(a)\\1"]], "no regular expression of RE2"),
        (["matches", "visit:source", ["((a{100}){100}){10}"]], "no regular expression of RE2"),
        (["matches", "visit:source", [""]], "empty regular expression"),
        (["matches", "visit:source", ["a" * 257]], "256 characters"),
        (["matches", "visit:source", ["a"] * 21], "20 regular expressions"),
        (["matches_wildcard", "visit:source", ["a*"]], "regular expression"),
        (["has_done", ["is", "event:goal", ["a"]]], "no counter tells"),
        (["has_not_done", ["is", "event:goal", ["a"]]], "no counter tells"),
        (["like", "visit:source", ["a"]], "not one of is, is_not"),
        (["or", []], "needs a list"),
        (["or", [GOOGLE, GERMAN, ["is", "event:page", ["/"]]]], "more than two attributes"),
        (["not", ["and", [GOOGLE, GERMAN, ["is", "event:page", ["/"]]]]], "more than two attributes"),
        (DEEP, "levels"),
    ],
)
def test_what_is_no_filter_is_refused_with_a_reason(asked: Any, words: str) -> None:
    with pytest.raises(QueryError, match="filters: ") as refusal:
        read_filters([asked])
    assert words in str(refusal.value)

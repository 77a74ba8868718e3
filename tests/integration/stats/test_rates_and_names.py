"""Rates of goals among everybody and among those of a row; places by their names."""

from appliance.facts import FactBatch
from appliance.stats.contract import OTHER
from tests.integration.stats.conftest import Stats
from tests.integration.stats.test_pairs import person
from tests.integration.stats.test_query import visit


def test_goal_by_source_has_its_rate_among_everybody_and_among_those_of_the_source(stats: Stats) -> None:
    facts = FactBatch()
    for number in range(20):
        goals = ("Signup",) if number < 5 or number >= 14 else ()
        person(facts, {"goals": goals}, source="Google" if number < 10 else "Bing")
    stats.insert(facts.visits, facts.events, facts.pairs)
    metrics = ["visitors", "conversion_rate", "group_conversion_rate"]
    goal = [["is", "event:goal", ["Signup"]]]
    by_source = {("Google",): [5, 25.0, 50.0], ("Bing",): [6, 30.0, 60.0]}
    assert stats.rows(metrics=metrics, dimensions=["visit:source"], filters=goal) == by_source
    both = stats.rows(metrics=metrics, dimensions=["visit:source", "event:goal"])
    assert {key: row for key, row in both.items() if OTHER not in key} == {
        (*source, "Signup"): row for source, row in by_source.items()
    }
    assert stats.rows(metrics=metrics, filters=goal) == {(): [11, 55.0, 55.0]}
    google = ["is", "visit:source", ["Google"]]
    assert stats.rows(metrics=metrics, filters=[*goal, google]) == {(): [5, 50.0, 50.0]}
    assert stats.rows(metrics=metrics, dimensions=["event:goal"], filters=[google]) == {("Signup",): [5, 50.0, 50.0]}
    assert stats.rows(metrics=metrics, dimensions=["visit:source"], filters=[*goal, google]) == {
        ("Google",): [5, 50.0, 50.0]
    }


def test_countries_are_shown_and_filtered_by_their_names(stats: Stats) -> None:
    for number in range(13):
        visit(stats, "/", country=("DE", "AT")[number < 6])
    rows = {("Germany",): [7], ("Austria",): [6]}
    assert stats.rows(dimensions=["visit:country_name"]) == rows
    both = stats.rows(dimensions=["visit:country_name", "visit:country"])
    assert both == {("Germany", "DE"): [7], ("Austria", "AT"): [6]}
    assert stats.rows(filters=[["is", "visit:country_name", ["Austria"]]]) == {(): [6]}
    assert stats.rows(filters=[["contains", "visit:country_name", ["MANY"], {"case_sensitive": False}]]) == {(): [7]}
    assert stats.rows(filters=[["is", "visit:country_name", ["DE"]]]) == {(): [0]}
    by_name = stats.rows(dimensions=["visit:country_name"], order_by=[["visit:country_name", "asc"]])
    assert list(by_name) == [("Austria",), ("Germany",)]


def test_regions_and_cities_have_names(stats: Stats) -> None:
    for _ in range(6):
        visit(stats, "/", region="IN-PB", city="Amritsar")
    assert stats.rows(dimensions=["visit:region_name"]) == {("Punjab (India)",): [6]}
    assert stats.rows(dimensions=["visit:city_name"]) == {("Amritsar",): [6]}

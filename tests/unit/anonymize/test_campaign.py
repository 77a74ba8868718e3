"""Queries become campaigns; the value of a click id is never looked at."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.campaign import NO_CAMPAIGN, campaign_of
from appliance.anonymize.source_table import CLICK_IDS


@pytest.mark.parametrize(
    ("query", "utm"),
    [
        ("utm_source=News&utm_medium=mail&utm_campaign=spring+sale&x=y", ("News", "mail", "spring sale", "", "")),
        ("utm_content=jane%40example.org&utm_term=12345678", ("", "", "", ":email", ":id")),
        ("utm_source=first&utm_source=second", ("first", "", "", "", "")),
        ("utm_source=&utm_medium&utm_id=7&utm_term=caf%C3%A9", ("", "", "", "", "café")),
        ("UTM_Source=News&amp;utm_medium=mail", ("News", "mail", "", "", "")),
    ],
)
def test_utm_values_are_kept_redacted(query: str, utm: tuple[str, ...]) -> None:
    assert campaign_of(query).utm == utm


@pytest.mark.parametrize(
    ("query", "tag"),
    [
        ("utm_source=a&source=b&ref=c", "a"),
        ("ref=c&source=b", "b"),
        ("ref=c", "c"),
        ("utm_source=null&ref=c", "c"),
        ("utm_source=%20&ref=c", "c"),
        ("referrer=c", ""),
    ],
)
def test_tag_is_the_first_parameter_that_says_something(query: str, tag: str) -> None:
    assert campaign_of(query).tag == tag


@pytest.mark.parametrize("query", ["", "&", "=", "q=secret", "utm_id=7", "utm_source=&ref="])
def test_query_without_campaign_has_none(query: str) -> None:
    assert campaign_of(query) is NO_CAMPAIGN


def test_query_of_very_many_fields_has_no_campaign() -> None:
    assert campaign_of("utm_source=x&" + "&".join(f"{n}=1" for n in range(300))) is NO_CAMPAIGN


def test_paid_click_ids_stand_first_and_each_once() -> None:
    found = campaign_of("fbclid=1&gclid=2&gclid=3&GCLID=4").click_ids
    assert found == (CLICK_IDS["gclid"], CLICK_IDS["fbclid"])


@pytest.mark.parametrize("name", CLICK_IDS)
@given(value=st.text().filter(lambda value: "&" not in value))
def test_value_of_a_click_id_changes_nothing(name: str, value: str) -> None:
    assert campaign_of(f"{name}={value}") == campaign_of(f"{name}=x")
    assert campaign_of(f"{name}={value}") == campaign_of(name) != NO_CAMPAIGN


def test_value_of_a_click_id_is_in_nothing_that_is_left() -> None:
    assert "canary" not in repr(campaign_of("gclid=canary&utm_source=a&fbclid=canary"))

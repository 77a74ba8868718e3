"""Filters of the address: what has their form is kept, two attributes at most, and "is" and "is not" do not mix."""

from hypothesis import given
from hypothesis import strategies as st

from dashboard.filters import Filter, added, attributes, question_filters, read

GOOGLE = Filter("is", "visit:source", "Google")
BING = Filter("is", "visit:source", "Bing")
NOT_BING = Filter("is_not", "visit:source", "Bing")
HOME = Filter("is", "event:page", "/a,b")


def test_a_filter_survives_the_address() -> None:
    assert read([GOOGLE.text, HOME.text]) == (GOOGLE, HOME)


def test_a_third_attribute_is_left_out() -> None:
    assert read([GOOGLE.text, HOME.text, "is,visit:country,DE", BING.text]) == (GOOGLE, HOME, BING)


def test_values_of_one_attribute_are_asked_for_together() -> None:
    assert question_filters([GOOGLE, HOME, BING]) == [
        ["is", "visit:source", ["Google", "Bing"]],
        ["is", "event:page", ["/a,b"]],
    ]


def test_the_newer_operator_of_an_attribute_replaces_the_older() -> None:
    assert added([GOOGLE, HOME], NOT_BING) == (HOME, NOT_BING)


def test_the_same_filter_again_changes_nothing() -> None:
    assert added([GOOGLE], GOOGLE) == (GOOGLE,)


def test_a_property_can_be_filtered_by() -> None:
    assert read(["is,event:props:plan,pro"]) == (Filter("is", "event:props:plan", "pro"),)
    assert read(["is,event:props:<key>,pro", "is,event:props:,pro"]) == ()


@given(st.lists(st.text(max_size=400)))
def test_any_text_of_an_address_is_read(texts: list[str]) -> None:
    assert len(attributes(read(texts))) <= 2

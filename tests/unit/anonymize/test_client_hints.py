"""Client hints as browsers write them, and as nobody should."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.client_hints import NOTHING, read_hints
from appliance.anonymize.device_names import BROWSERS, SYSTEMS
from appliance.hits import NO_HINTS, ClientHints


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ('"Google Chrome";v="140", "Chromium";v="140", "Not-A.Brand";v="24"', ("Chrome", "140")),
        ('"Not:A-Brand";v="8", "Chromium";v="156"', ("Chromium", "156")),
        ('" Not A;Brand";v="99", "Chromium";v="98", "Microsoft Edge";v="98"', ("Edge", "98")),
        ('"Chromium";v="124", "Opera";v="110", "Not-A.Brand";v="99"', ("Opera", "110")),
        ('"Chromium";v="124", "YaBrowser";v="24.6", "Not-A.Brand";v="99", "Yowser";v="2.5"', ("Yandex", "24")),
        ('"Android WebView";v="125", "Chromium";v="125", "Not.A/Brand";v="24"', ("", "")),
        ('"Samsung Internet";v="25.0", "Not/A)Brand";v="8", "Chromium";v="121"', ("Samsung Internet", "25")),
        ('"(Not(A:Brand";v="99.0.0.0", "Brave";v="140"', ("Brave", "140")),
        (r'"\"Quoted\\Brand";v="1", "DuckDuckGo";v="140"', ("DuckDuckGo", "140")),
        ('"Jane Doe";v="4711"', ("", "")),
        ("Google Chrome", ("", "")),
        ('"Google Chrome"', ("", "")),
        ('"' * 5_000, ("", "")),
    ],
)
def test_own_brand_goes_before_the_engine_and_made_up_ones_are_ignored(header: str, expected: tuple[str, str]) -> None:
    assert read_hints(ClientHints(brands=header))[:2] == expected


@pytest.mark.parametrize(
    ("platform", "version", "expected"),
    [
        ('"Windows"', "", ("Windows", "")),
        ('"Windows"', '"15.0.0"', ("Windows", "11")),
        ('"Windows"', '"13.0.0"', ("Windows", "11")),
        ('"Windows"', '"10.0.0"', ("Windows", "10")),
        ('"Windows"', '"0.3.0"', ("Windows", "")),
        ('"Android"', '"14.0.0"', ("Android", "14")),
        ('"Chromium OS"', "", ("Chrome OS", "")),
        ('"Unknown"', '"1"', ("", "1")),
        ("Windows", "15", ("", "")),
        ('"Jane"', '"jane"', ("", "")),
    ],
)
def test_platform_is_one_of_the_table(platform: str, version: str, expected: tuple[str, str]) -> None:
    assert read_hints(ClientHints(platform=platform, platform_version=version))[2:4] == expected


@pytest.mark.parametrize(("mobile", "expected"), [("?1", True), (" ?0", False), ("1", None), ("", None)])
def test_only_a_structured_yes_or_no_counts(mobile: str, expected: bool | None) -> None:
    assert read_hints(ClientHints(mobile=mobile, platform='"x"')).is_mobile is expected


def test_no_hints_say_nothing() -> None:
    assert read_hints(NO_HINTS) is NOTHING


@given(st.lists(st.text(max_size=60) | st.sampled_from(['"Brave";v="1"', '"Windows"']), min_size=4, max_size=4))
def test_whatever_comes_in_names_of_our_tables_come_out(texts: list[str]) -> None:
    found = read_hints(ClientHints(*texts))
    assert found.browser in {"", *BROWSERS.values()}
    assert found.os in {"", *SYSTEMS.values()}

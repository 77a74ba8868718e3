"""Properties, revenue, engagement and width, as trackers send them and as nobody should."""

import json
from typing import Any

import pytest

from appliance.hits import NO_SCROLL
from appliance.ingest.event_details import read_engagement, read_properties, read_revenue, read_width
from appliance.ingest.parsed_hit import Errors


@pytest.mark.parametrize("wrap", [lambda value: value, json.dumps], ids=["object", "text"])
@pytest.mark.parametrize(
    ("sent", "read"),
    [
        ({"a": "x", "n": 3, "f": 1.5, "t": True, "no": False}, "a=x n=3 f=1.5 t=true no=false"),
        ({"list": [1], "map": {"a": 1}, "none": None, "empty": "", "zero": 0}, "zero=0"),
        ({f"k{n}": "" if n % 2 else n for n in range(70)}, " ".join(f"k{n}={n}" for n in range(0, 60, 2))),
        ({"big": 10**400}, f"big={10**400}"),
        ({"é" * 150: "ü" * 1000}, f"{'é' * 150}={'ü' * 1000}"),
        ({}, ""),
    ],
)
def test_properties_are_the_first_thirty_scalars_as_text(wrap: Any, sent: dict[str, Any], read: str) -> None:
    errors: Errors = {}
    assert " ".join(f"{key}={value}" for key, value in read_properties(wrap(sent), errors)) == read
    assert errors == {}


@pytest.mark.parametrize("value", [[], "x", "{", "[1]", "null", 7, True, "[" * 10_000, '{"n":' + "9" * 5000 + "}"])
def test_what_is_no_object_has_no_properties_and_no_revenue(value: Any) -> None:
    errors: Errors = {}
    assert read_properties(value, errors) == ()
    assert read_revenue(value) == ("", "")
    assert errors == {}


@pytest.mark.parametrize("sent", [{"k" * 301: 1}, {"é" * 151: 1}, {"k": "v" * 2001}, {"a": 1, "k": "ü" * 1001}])
def test_property_that_is_too_long_is_an_error(sent: dict[str, Any]) -> None:
    errors: Errors = {}
    assert read_properties(sent, errors) == ()
    assert list(errors) == ["props"]


@pytest.mark.parametrize(
    ("currency", "amount", "read"),
    [
        ("EUR", 12.9, ("EUR", "12.9")),
        ("eur", "1000.50", ("EUR", "1000.50")),
        (" USD ", " -5 ", ("USD", "-5")),
        ("JPY", 0, ("JPY", "0")),
        ("EUR", 0.1 + 0.2, ("EUR", "0.30000000000000004")),
        *((currency, 1, ("", "")) for currency in ("", "EU", "EURO", "€", "E1R", "ＥＵＲ", None, 978, ["EUR"])),
        *(("EUR", amount, ("", "")) for amount in ("", "NaN", "inf", "1e5", "1,5", "0x1", "١", "1" * 16)),
        ("EUR", "1." + "1" * 21, ("", "")),
        *(("EUR", amount, ("", "")) for amount in (None, True, [], {}, 10**400, 1e300)),
    ],
)  # fmt: skip
def test_revenue_is_a_currency_and_a_decimal_number_or_nothing(
    currency: Any, amount: Any, read: tuple[str, str]
) -> None:
    assert read_revenue({"currency": currency, "amount": amount}) == read
    assert read_revenue(json.dumps({"currency": currency, "amount": amount})) == read


@pytest.mark.parametrize(
    ("depth", "engaged", "read"),
    [
        *((0, None, (0, 0)), (101, None, (0, 100)), (10**30, 1, (1, 100)), (None, 0, (0, NO_SCROLL))),
        *((7, 30 * 24 * 3600 * 1000 - 1, (30 * 24 * 3600 * 1000 - 1, 7)),),
    ],
)
def test_engagement_is_milliseconds_and_percent(depth: Any, engaged: Any, read: tuple[int, int]) -> None:
    errors: Errors = {}
    assert read_engagement(depth, engaged, errors) == read
    assert errors == {}


@pytest.mark.parametrize(
    ("depth", "engaged", "fields"),
    [
        (None, None, ["e"]),
        (-1, None, ["sd"]),
        (1.5, None, ["sd"]),
        (True, None, ["sd"]),
        ("50", "3000", ["sd", "e"]),
        (None, 30 * 24 * 3600 * 1000, ["e"]),
        (50, -1, ["e"]),
    ],
)
def test_engagement_that_is_none_names_its_fields(depth: Any, engaged: Any, fields: list[str]) -> None:
    errors: Errors = {}
    read_engagement(depth, engaged, errors)
    assert list(errors) == fields


@pytest.mark.parametrize(
    ("value", "width"),
    [(1, 1), (1440, 1440), (-5, 0), (10**30, 65_535), (None, 0), (True, 0), (992.5, 0), ("992", 0), ([], 0)],
)
def test_width_is_a_number_of_pixels_or_unknown(value: Any, width: int) -> None:
    assert read_width(value) == width

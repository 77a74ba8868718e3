"""Plausible's protocol, friendly and hostile."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.hits import NO_SCROLL
from appliance.ingest.parsed_hit import InvalidHitError, ParsedHit
from appliance.ingest.plausible import parse, parse_sites

BASE: dict[str, Any] = {"n": "pageview", "u": "https://example.org/a", "d": "example.org"}


def parsed(**changes: Any) -> ParsedHit:
    fields = {key: value for key, value in (BASE | changes).items() if value is not ...}
    return parse(json.dumps(fields).encode())


def test_short_names_are_read() -> None:
    hit = parsed(r="https://example.com/x", i=False, eid="abc")
    assert hit == ParsedHit(
        ("example.org",), "pageview", "https://example.org/a", "https://example.com/x", False, "abc"
    )


def test_long_names_are_read() -> None:
    body = {"name": "Signup", "url": "https://a.example/", "domain": "a.example", "referrer": "https://b.example/"}
    hit = parse(json.dumps(body | {"interactive": True}).encode())
    assert hit == ParsedHit(("a.example",), "Signup", "https://a.example/", "https://b.example/", True, "")


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"n": 404}, "name", "404"),
        ({"d": "www.example.org"}, "sites", ("example.org",)),
        ({"d": "a.example, www.b.example,a.example"}, "sites", ("a.example", "b.example")),
        ({"d": ...}, "sites", ("example.org",)),
        ({"r": None}, "referrer", ""),
        ({"r": 7}, "referrer", ""),
        ({"r": "x" * 5000}, "referrer", "x" * 2000),
        ({"p": {"a": 1, "b": [1, 2]}}, "props", (("a", "1"),)),
        ({"p": '{"a": "b"}'}, "props", (("a", "b"),)),
        ({"m": {"a": "m"}, "p": {"a": "p"}, "props": {"a": "props"}}, "props", (("a", "m"),)),
        ({"props": {"a": "props"}}, "props", (("a", "props"),)),
        ({"p": {str(n): "x" for n in range(100)} | {"late": "v" * 2001}}, "name", "pageview"),
        ({"p": {"list": ["v" * 2001], "blank": "", "none": None}}, "name", "pageview"),
        ({"n": None, "name": "Signup"}, "name", "Signup"),
        ({"n": "Signup", "name": "other"}, "name", "Signup"),
        ({"n": "é" * 120}, "name", "é" * 120),
        ({"u": "https://example.org/" + "é" * 900}, "url", "https://example.org/" + "é" * 900),
        ({"eid": "\x00" * 64}, "event_id", "\x00" * 64),
        ({"eid": None}, "event_id", ""),
        ({"unknown": [[["deep"]]], "n": "pageview"}, "name", "pageview"),
        ({"$": {"currency": "EUR", "amount": "1.5"}}, "currency", "EUR"),
        ({"$": {"currency": "EUR", "amount": "1.5"}}, "amount", "1.5"),
        ({"revenue": '{"currency": "JPY", "amount": 500}'}, "amount", "500"),
        ({"revenue": {"currency": "JPY"}, "$": {"currency": "EUR", "amount": 1}}, "currency", "EUR"),
        ({"n": "engagement", "sd": 50, "e": 3000}, "engaged_ms", 3000),
        ({"n": "engagement", "sd": 50, "e": 3000}, "scroll_depth", 50),
        ({"n": "engagement", "sd": 255}, "scroll_depth", 100),
        ({"n": "engagement", "sd": 255}, "engaged_ms", 0),
        ({"n": "engagement", "e": 1}, "scroll_depth", NO_SCROLL),
        ({"e": 3000, "sd": 7}, "engaged_ms", 0),
        ({"e": "soon", "sd": []}, "scroll_depth", NO_SCROLL),
        ({"w": 992}, "width", 992),
        ({"w": "992"}, "width", 0),
        ({"h": 1}, "hash_mode", True),
        ({"hashMode": 1}, "hash_mode", True),
        ({"h": 0, "hashMode": 1}, "hash_mode", False),
        ({"h": "1"}, "hash_mode", False),
        ({"i": None}, "interactive", True),
        ({"ip": "6.6.6.6", "userAgent": "x", "timestamp": 1, "v": 9, "h": 1, "w": 3}, "name", "pageview"),
    ],
)
def test_field_is_read_as_plausible_does(changes: dict[str, Any], field: str, value: object) -> None:
    assert getattr(parsed(**changes), field) == value


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"n": ...}, "event_name"),
        ({"n": ""}, "event_name"),
        ({"n": " \t"}, "event_name"),
        ({"n": "x" * 121}, "event_name"),
        ({"n": True}, "event_name"),
        ({"n": 10**5000}, "request"),
        ({"u": ...}, "url"),
        ({"u": 7}, "url"),
        ({"u": "https://example.org/" + "a" * 2000}, "url"),
        ({"u": "https://example.org/" + "é" * 1000}, "url"),
        ({"d": ""}, "domain"),
        ({"d": " , "}, "domain"),
        ({"d": ["example.org"]}, "domain"),
        ({"d": ",".join(f"{n}.example" for n in range(11))}, "domain"),
        ({"d": ..., "u": "nonsense"}, "domain"),
        ({"eid": 7}, "eid"),
        ({"eid": "x" * 65}, "eid"),
        ({"p": {"k" * 301: 1}}, "props"),
        ({"m": json.dumps({"k": "v" * 2001})}, "props"),
        ({"p": {"k": "v" * 2001}}, "props"),
        ({"n": "engagement"}, "e"),
        ({"n": "engagement", "e": -1}, "e"),
        ({"n": "engagement", "e": 10**12}, "e"),
        ({"n": "engagement", "sd": 1.5}, "sd"),
    ],
)
def test_what_can_never_be_valid_names_the_field(changes: dict[str, Any], field: str) -> None:
    fields = {key: value for key, value in (BASE | changes).items() if value is not ...}
    if changes.get("n") == 10**5000:
        body = b'{"n":' + b"9" * 5000 + b',"u":"https://example.org/","d":"example.org"}'
    else:
        body = json.dumps(fields).encode()
    with pytest.raises(InvalidHitError) as refusal:
        parse(body)
    assert list(refusal.value.errors) == [field]


@pytest.mark.parametrize(
    ("fields", "sites"),
    [
        ({"d": "example.org"}, ("example.org",)),
        ({"domain": "www.a.example,b.example"}, ("a.example", "b.example")),
        ({"u": "https://www.example.org/x"}, ("example.org",)),
        ({"d": "example.org", "n": 1.5, "eid": 7, "u": 7, "p": 3}, ("example.org",)),
    ],
)
def test_of_a_refused_hit_only_the_sites_are_read(fields: dict[str, Any], sites: tuple[str, ...]) -> None:
    assert parse_sites(json.dumps(fields).encode()) == sites


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"u":7}', b'{"d":""}', b'{"d":[1]}', b"[" * 100_000])
def test_refused_hit_without_a_site_is_invalid(body: bytes) -> None:
    with pytest.raises(InvalidHitError):
        parse_sites(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b'{"n":NaN}',
        b'{"n":"a","u":"\xff"}',
        b'\xef\xbb\xbf{"n":"a"}',
        b"[" * 100_000,
        b'{"a":' * 20_000,
        b'{"p":' + b"[" * 50_000,
        b'{"n":"\\ud800","u":"https://example.org/","d":"example.org"}',
    ],
)
def test_hostile_body_is_invalid_or_read_and_never_an_error_of_ours(body: bytes) -> None:
    with pytest.raises(InvalidHitError):
        parse(body)


@given(
    st.dictionaries(
        st.sampled_from(["n", "u", "d", "r", "p", "i", "eid", "sd", "e", "$", "w", "h"]),
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
            max_leaves=8,
        ),
    )
)
def test_any_json_object_is_read_or_refused(fields: dict[str, Any]) -> None:
    body = json.dumps(fields).encode()
    try:
        read = bool(parse(body).sites)
    except InvalidHitError as refusal:
        read = bool(refusal.errors)
    assert read

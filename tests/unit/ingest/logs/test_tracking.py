"""JSON records of web servers and of a collector."""

import json
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.dimensions import ENGAGEMENT, PAGEVIEW
from appliance.ingest.logs.line import LeftOut, LogLine
from appliance.ingest.logs.tracking import parse_tracking

PAGE = {
    "remote_addr": "203.0.113.9",
    "scheme": "https",
    "msec": "1577880000.125",
    "host": "example.org",
    "server_name": "localhost",
    "time": "2020-01-01T13:00:00+01:00",
    "status": 200,
    "size": "512",
    "query_string": "",
    "uri": "/a",
    "http_user_agent": "Firefox",
    "http_referer": "https://www.example.com/",
}
SNOWPLOW = {"e": "pv", "url": "https://example.org/b?x=1", "refr": "https://t.example/", "eid": "7", "duid": "canary"}


def parse(**changed: object) -> LogLine | LeftOut:
    (found,) = parse_tracking(json.dumps(PAGE | changed).encode())
    return found


def parsed(**changed: object) -> LogLine:
    found = parse(**changed)
    assert isinstance(found, LogLine)
    return found


def test_a_page_as_the_server_saw_it() -> None:
    line = parsed()
    assert (line.at, line.target, line.host, line.address) == (1577880000.125, "/a", "example.org", "203.0.113.9")
    assert (line.user_agent, line.referrer, line.name) == ("Firefox", "https://www.example.com/", PAGEVIEW)
    assert (line.signal, line.is_new_visitor, line.is_new_visit) == (None, False, False)


def test_time_and_server_name_are_second_choices() -> None:
    assert parsed(msec="", host="").at == 1577880000
    assert parsed(msec="", host="").host == "localhost"
    assert parse(msec="", time="2020-01-01T13:00:00") is LeftOut.UNREADABLE
    assert parse(msec="soon") is LeftOut.UNREADABLE
    assert parse(msec="1e400") is LeftOut.UNREADABLE


@pytest.mark.parametrize(("flag", "meant"), [("true", 1), ("1", 1), (1, 1), (True, 1), ("0", 0), ("", 0), ("false", 0)])
def test_flags_of_a_cookie_are_read_and_its_identifiers_are_not(flag: object, meant: int) -> None:
    line = parsed(a_visitor_id="canary-v", a_session_id="canary-s", a_visitor_new=flag, a_session_entry=flag)
    assert (line.is_new_visitor, line.is_new_visit) == (bool(meant), bool(meant))
    assert not [name for name in line.__slots__ if "canary" in str(getattr(line, name))]


def test_the_query_comes_from_either_field() -> None:
    assert parsed(query_string="utm_source=x").target == "/a?utm_source=x"
    assert parsed(a_query_args="utm_source=y").target == "/a?utm_source=y"


def test_a_collector_s_record_is_the_page_that_it_names() -> None:
    line = parsed(uri="/i", query_string=urlencode(SNOWPLOW))
    assert (line.target, line.referrer, line.name) == ("https://example.org/b?x=1", "https://t.example/", PAGEVIEW)
    assert line.signal is not None
    assert line.signal.event_id == "7"
    assert (line.address, line.user_agent) == ("203.0.113.9", "Firefox")


def test_signals_that_cannot_be_counted_say_why() -> None:
    assert parse(uri="/i", query_string=urlencode(SNOWPLOW | {"e": "ad"})) is LeftOut.SIGNAL
    assert parse(uri="/i", query_string=urlencode(SNOWPLOW | {"e": "se"})) is LeftOut.UNREADABLE
    assert parse(uri="/i", query_string="") is LeftOut.UNREADABLE
    assert parse(uri="/i", query_string="&".join(["e=pv"] * 200)) is LeftOut.UNREADABLE


@pytest.mark.parametrize(("status", "counts"), [("200", True), ("204", True), ("304", True), ("302", False)])
def test_a_collector_may_answer_with_any_success(status: str, counts: bool) -> None:
    found = parse(uri="/i", status=status, query_string=urlencode(SNOWPLOW))
    assert isinstance(found, LogLine) is counts


def test_a_body_holds_as_many_hits_as_it_has_events() -> None:
    body = json.dumps({"schema": "iglu:…", "data": [SNOWPLOW, SNOWPLOW | {"e": "pp"}, SNOWPLOW | {"e": "ad"}]})
    record = PAGE | {"uri": "/com.snowplowanalytics.snowplow/tp2", "request_method": "POST", "request_body": body}
    first, second, third = parse_tracking(json.dumps(record).encode())
    assert isinstance(first, LogLine)
    assert isinstance(second, LogLine)
    assert (first.name, second.name, third) == (PAGEVIEW, ENGAGEMENT, LeftOut.SIGNAL)
    assert parse_tracking(json.dumps(record | {"request_body": ""}).encode()) == [LeftOut.SIGNAL]
    assert parse_tracking(json.dumps(record | {"request_method": "OPTIONS"}).encode()) == [LeftOut.METHOD]


def test_rules_leave_out_what_is_no_page() -> None:
    assert parse(status="404") is LeftOut.STATUS
    assert parse(uri="/x.js") is LeftOut.ASSET
    assert parse(request_method="HEAD") is LeftOut.METHOD
    assert parse(uri="") is LeftOut.UNREADABLE


def test_bytes_that_are_no_utf_8_are_replaced() -> None:
    (found,) = parse_tracking(json.dumps(PAGE).encode().replace(b"/a", b"/\xff"))
    assert isinstance(found, LogLine)
    assert found.target == "/\ufffd"


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.lists(st.integers())


@given(st.dictionaries(st.sampled_from([*PAGE, "a_visitor_new", "request_method", "user_agent"]), values))
def test_any_values_are_a_line_or_a_reason(fields: dict[str, object]) -> None:
    assert isinstance(parse(**fields), LogLine | LeftOut)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_line_or_a_reason(noise: bytes) -> None:
    assert all(isinstance(found, LogLine | LeftOut) for found in parse_tracking(b"{" + noise))

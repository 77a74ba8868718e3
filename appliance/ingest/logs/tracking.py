"""Records of the JSON formats `tracking`: pages as a web server saw them, and hits of a tracker at a collector.

A record of a page may carry what a cookie said, in five variables `a_*`: the two identifiers are not read, the two
flags say where a visitor and a visit begin, and `a_query_args` is the query. A collector's record is a request whose
query or body holds events of a Snowplow tracker.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from appliance.ingest.logs import snowplow
from appliance.ingest.logs.line import LeftOut, LogLine, left_out

_MAX_FIELDS = 100
_TRUE = frozenset({"true", "1", "yes", "on"})
_REFERRERS = ("http_referer", "referer", "referrer", "http_referrer")
_AGENTS = ("http_user_agent", "user_agent", "agent")
_decode = msgspec.json.Decoder().decode
Parsed = list[LogLine | LeftOut]
UNREADABLE: Parsed = [LeftOut.UNREADABLE]


def parse_tracking(record: bytes) -> Parsed:
    """One whole record: one request, or as many as a body has events.

    Bytes that are no UTF-8 are replaced; unknown fields are not looked at.
    """
    try:
        fields = _decode(record.decode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return UNREADABLE
    if not isinstance(fields, dict):
        return UNREADABLE
    uri = _text(fields, "uri")
    at = _moment(fields)
    if not uri.startswith("/") or at is None:
        return UNREADABLE
    is_body = uri == snowplow.POST_PATH
    is_signal = is_body or uri == snowplow.GET_PATH
    # A record without a method is of a format that logs what it serves.
    method = _text(fields, "request_method") or "GET"
    if is_body and method == "POST":
        method = "GET"
    reason = left_out(method.encode(), _status(fields, is_signal).encode(), uri.encode())
    if reason is not None:
        return [reason]
    line = LogLine(
        at,
        uri,
        _text(fields, "host") or _text(fields, "server_name"),
        _text(fields, "remote_addr"),
        _first(fields, _AGENTS),
        _first(fields, _REFERRERS) or "",
        is_new_visitor=_flag(fields, "a_visitor_new"),
        is_new_visit=_flag(fields, "a_session_entry"),
    )
    if is_signal:
        return _signals(line, fields, is_body)
    query = _text(fields, "query_string") or _text(fields, "a_query_args")
    if query:
        line.target = f"{uri}?{query}"
    return [line]


def _status(fields: dict[str, Any], is_signal: bool) -> str:
    """Every success of a collector is one; some answer 204."""
    status = _text(fields, "status") or "200"
    return "200" if is_signal and len(status) == len("200") and status.startswith("2") else status


def _signals(line: LogLine, fields: dict[str, Any], is_body: bool) -> Parsed:
    sent: Iterable[snowplow.Sent]
    if is_body:
        sent = snowplow.read_body(_text(fields, "request_body"))
    else:
        try:
            sent = [dict(parse_qsl(_text(fields, "query_string"), max_num_fields=_MAX_FIELDS))]
        except ValueError:
            return UNREADABLE
    return [_signal(line, one) for one in sent] or [LeftOut.SIGNAL]


def _signal(line: LogLine, sent: snowplow.Sent) -> LogLine | LeftOut:
    event = snowplow.read_event(sent)
    if event is None:
        return LeftOut.SIGNAL if sent.get("e") else LeftOut.UNREADABLE
    target = event.url or line.referrer
    if not event.name or not target:
        return LeftOut.UNREADABLE
    return LogLine(
        line.at,
        target,
        "",
        line.address,
        line.user_agent,
        event.referrer,
        event.name,
        event.signal,
        line.is_new_visitor,
        line.is_new_visit,
    )


def _moment(fields: dict[str, Any]) -> float | None:
    """`msec`, which has milliseconds, before `time`."""
    try:
        if exact := _text(fields, "msec"):
            at = float(exact)
        else:
            written = datetime.fromisoformat(_text(fields, "time"))
            at = written.timestamp() if written.tzinfo else -1.0
    except (ValueError, OverflowError):
        return None
    return at if 0 <= at < _YEAR_2100 else None


_YEAR_2100 = 4_102_444_800


def _text(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _first(fields: dict[str, Any], names: tuple[str, ...]) -> str | None:
    """The first of these fields that the record has; `-` stands for an empty one."""
    for name in names:
        if name in fields:
            value = _text(fields, name)
            return "" if value == "-" else value
    return None


def _flag(fields: dict[str, Any], name: str) -> bool:
    value = fields.get(name)
    return value is True or value == 1 or (isinstance(value, str) and value.strip().lower() in _TRUE)

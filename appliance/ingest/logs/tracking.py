"""Records of the JSON formats `tracking`: pages as a web server saw them, and hits of a tracker at a collector.

A record of a page may carry what a cookie said, in five variables `a_*`: the two identifiers are not read, the two
flags say where a visitor and a visit begin, and `a_query_args` is the query. A collector's record is a request for
`/i` whose query is a Snowplow event (docs.snowplow.io, tracker protocol).
"""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from appliance.dimensions import PAGEVIEW
from appliance.ingest.logs.line import LeftOut, LogLine, left_out

_COLLECTOR = "/i"
_MAX_FIELDS = 100
_TRUE = frozenset({"true", "1", "yes", "on"})
_REFERRERS = ("http_referer", "referer", "referrer", "http_referrer")
_AGENTS = ("http_user_agent", "user_agent", "agent")
_decode = msgspec.json.Decoder().decode


def parse_tracking(record: bytes) -> LogLine | LeftOut:
    """One whole record. Bytes that are no UTF-8 are replaced; unknown fields are not looked at."""
    try:
        fields = _decode(record.decode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        return LeftOut.UNREADABLE
    if not isinstance(fields, dict):
        return LeftOut.UNREADABLE
    uri = _text(fields, "uri")
    at = _moment(fields)
    if not uri.startswith("/") or at is None:
        return LeftOut.UNREADABLE
    is_signal = uri == _COLLECTOR
    # A record without a method is of a format that logs what it serves.
    method = _text(fields, "request_method") or "GET"
    reason = left_out(method.encode(), (_text(fields, "status") or "200").encode(), uri.encode())
    if reason is not None:
        return reason
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
    query = _text(fields, "query_string")
    if is_signal:
        return _signal(line, query)
    query = query or _text(fields, "a_query_args")
    if query:
        line.target = f"{uri}?{query}"
    return line


def _signal(line: LogLine, query: str) -> LogLine | LeftOut:
    try:
        sent = dict(parse_qsl(query, max_num_fields=_MAX_FIELDS))
    except ValueError:
        return LeftOut.UNREADABLE
    kind = sent.get("e")
    if kind not in ("pv", "se"):
        return LeftOut.SIGNAL if kind else LeftOut.UNREADABLE
    name = PAGEVIEW if kind == "pv" else sent.get("se_ac", "")
    target = sent.get("url") or line.referrer
    if not name or not target:
        return LeftOut.UNREADABLE
    line.name, line.target, line.host = name, target, ""
    line.referrer = sent.get("refr", "")
    line.event_id = sent.get("eid", "")
    line.is_signal = True
    return line


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

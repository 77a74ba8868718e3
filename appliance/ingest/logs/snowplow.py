"""Events of a Snowplow tracker as a collector's log has them: in the query of `/i`, or in the body of a POST. Pure.

Parameters and kinds: docs.snowplow.io, tracker protocol. Parameters come in, the name of our event, its page and what
else is counted go out. Identifiers of visitors, visits, orders and items are not read, nor what a tracker says of
addresses and agents.
"""

import base64
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from appliance.dimensions import ENGAGEMENT, PAGEVIEW
from appliance.hits import NO_SCROLL
from appliance.ingest.event_details import read_properties, read_revenue
from appliance.ingest.logs.line import Signal

GET_PATH, POST_PATH = "/i", "/com.snowplowanalytics.snowplow/tp2"
MAX_EVENTS = 500
"""Of one body; a tracker sends far fewer."""
TRANSACTION, TRANSACTION_ITEM = "transaction", "transaction_item"
_SCHEMA = re.compile(r"iglu:[^/]+/([^/]+)/")
_MAX_PIXELS = 65_535

Sent = Mapping[str, Any]
"""Parameters by name. Trackers send texts only; anything else counts as absent."""


class SnowplowEvent(NamedTuple):
    """What is counted of an event."""

    name: str
    url: str
    referrer: str
    signal: Signal


def read_body(body: str) -> list[Sent]:
    """Events of a POST; none if it is no `payload_data`."""
    try:
        found = msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return []
    sent = found.get("data") if isinstance(found, dict) else None
    return [one for one in sent[:MAX_EVENTS] if isinstance(one, dict)] if isinstance(sent, list) else []


def read_event(sent: Sent) -> SnowplowEvent | None:
    """An event of a kind that is counted, else None. Its name is empty if it should have one and has none."""
    kind = _KINDS.get(_text(sent, "e"))
    if kind is None:
        return None
    name, props, revenue = kind(sent)
    signal = Signal(
        _text(sent, "eid"),
        props,
        *revenue,
        language=_text(sent, "lang"),
        width=_size(sent, "vp")[0],
        scroll_depth=_scroll_depth(sent) if name == ENGAGEMENT else NO_SCROLL,
    )
    return SnowplowEvent(name, _text(sent, "url"), _text(sent, "refr"), signal)


_Read = tuple[str, tuple[tuple[str, str], ...], tuple[str, str]]
"""Name, properties, revenue."""
_NO_REVENUE = ("", "")


def _page_view(_sent: Sent) -> _Read:
    return PAGEVIEW, (), _NO_REVENUE


def _page_ping(_sent: Sent) -> _Read:
    return ENGAGEMENT, (), _NO_REVENUE


def _structured(sent: Sent) -> _Read:
    return _own(_text(sent, "se_ac")), _properties(sent, "se_ca", "se_la", "se_pr", "se_va"), _NO_REVENUE


def _self_describing(sent: Sent) -> _Read:
    """`ue_pr` is JSON, `ue_px` the same in URL-safe Base64, padded or not: an envelope around schema and data."""
    packed = _text(sent, "ue_px")
    text = _unpacked(packed) if packed else _text(sent, "ue_pr").encode()
    try:
        event = msgspec.json.decode(text)["data"]
        schema = _SCHEMA.match(event["schema"])
        data = event["data"]
    except (msgspec.DecodeError, RecursionError, KeyError, TypeError):
        return "", (), _NO_REVENUE
    return _own(schema[1] if schema else ""), read_properties(data, {}), _NO_REVENUE


def _transaction(sent: Sent) -> _Read:
    """Its total is revenue; who bought what under which number is not read."""
    revenue = read_revenue({"currency": sent.get("tr_cu"), "amount": sent.get("tr_tt")})
    return TRANSACTION, (), revenue


def _transaction_item(sent: Sent) -> _Read:
    """Its price is part of the total of its transaction."""
    return TRANSACTION_ITEM, _properties(sent, "ti_sk", "ti_nm", "ti_ca", "ti_qu"), _NO_REVENUE


_KINDS: Mapping[str, Callable[[Sent], _Read]] = {
    "pv": _page_view,
    "pp": _page_ping,
    "se": _structured,
    "ue": _self_describing,
    "tr": _transaction,
    "ti": _transaction_item,
}


def _own(name: str) -> str:
    """An event that calls itself as pageviews are called here is none of ours."""
    return "" if name in (PAGEVIEW, ENGAGEMENT) else name


def _properties(sent: Sent, *names: str) -> tuple[tuple[str, str], ...]:
    return read_properties({name: _text(sent, name) for name in names}, {})


def _scroll_depth(sent: Sent) -> int:
    """Percent of the page: how far down its top went (`pp_may`) and the window's height, of the document's height."""
    height, window = _size(sent, "ds")[1], _size(sent, "vp")[1]
    reached = _number(_text(sent, "pp_may"))
    return min(100, (reached + window) * 100 // height) if height and window else NO_SCROLL


def _size(sent: Sent, name: str) -> tuple[int, int]:
    width, _, height = _text(sent, name).partition("x")
    return _number(width), _number(height)


def _number(text: str) -> int:
    return min(int(text), _MAX_PIXELS) if text.isascii() and text.isdigit() and len(text) <= 9 else 0


def _unpacked(text: str) -> bytes:
    try:
        return base64.urlsafe_b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
    except ValueError:
        return b""


def _text(sent: Sent, name: str) -> str:
    value = sent.get(name)
    return value if isinstance(value, str) else ""

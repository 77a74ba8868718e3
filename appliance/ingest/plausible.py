"""Plausible's event protocol (`POST /api/event`), as its trackers and server clients speak it, plus our `eid`.

Short and long names are both read; of two names for one field the short one wins. Unknown fields are ignored, among
them whatever claims to be an address, an agent or a time. Custom properties and revenue are checked and ignored.
"""

from typing import Any
from urllib.parse import urlsplit

import msgspec

MAX_NAME = 120
MAX_URL = 2000
MAX_EVENT_ID = 64
_MAX_PROPERTY_KEY = 300
_MAX_PROPERTY_VALUE = 2000
_MAX_SITES = 10
_MAX_ENGAGED_MS = 30 * 24 * 3600 * 1000
_SCALARS = (str, int, float, bool, type(None))

_decode = msgspec.json.Decoder(dict[str, Any]).decode
Errors = dict[str, list[str]]


class InvalidHitError(Exception):
    """Can never be valid; `errors` names each field and says why."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("the hit is not valid")
        self.errors = errors


class ParsedHit(msgspec.Struct, frozen=True):
    """What a body says. Nothing of it is believed about the visitor."""

    sites: tuple[str, ...]
    """Site ids that the hit is for, without `www.`."""
    name: str
    url: str
    referrer: str
    interactive: bool
    event_id: str


def parse(body: bytes) -> ParsedHit:
    """Read a body as JSON, whatever its content type says.

    Raises:
        InvalidHitError: not JSON, or a field is missing or wrong.
    """
    try:
        fields = _decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise InvalidHitError({"request": ["must be a JSON object"]}) from None
    errors: Errors = {}
    name = _name(_field(fields, "n", "name"), errors)
    url = _text(_field(fields, "u", "url"), "url", MAX_URL, errors)
    sites = _sites(_field(fields, "d", "domain"), url, errors)
    event_id = _event_id(fields.get("eid"), errors)
    _check_properties(_field(fields, "p", "props", "m", "meta"), errors)
    if name == "engagement":
        _check_engagement(fields, errors)
    if errors:
        raise InvalidHitError(errors)
    referrer = _field(fields, "r", "referrer")
    return ParsedHit(
        sites=sites,
        name=name,
        url=url,
        referrer=referrer[:MAX_URL] if isinstance(referrer, str) else "",
        interactive=_field(fields, "i", "interactive") is not False,
        event_id=event_id,
    )


def _field(fields: dict[str, Any], *names: str) -> Any:
    return next((fields[name] for name in names if name in fields), None)


def _name(value: Any, errors: Errors) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return _text(value, "event_name", MAX_NAME, errors)


def _text(value: Any, field: str, limit: int, errors: Errors) -> str:
    if value is None or value == "":
        errors[field] = ["can't be blank"]
    elif not isinstance(value, str):
        errors[field] = ["is invalid"]
    elif len(value) > limit or len(value.encode("utf-8", "surrogatepass")) > limit:
        errors[field] = [f"should be at most {limit} byte(s)"]
    else:
        return value
    return ""


def _sites(value: Any, url: str, errors: Errors) -> tuple[str, ...]:
    if value is None:
        try:
            value = urlsplit(url).hostname or ""
        except ValueError:
            value = ""
    if not isinstance(value, str):
        errors["domain"] = ["is invalid"]
        return ()
    names = [part.strip().removeprefix("www.") for part in value.split(",")]
    sites = tuple(dict.fromkeys(name for name in names if name))
    if not sites:
        errors["domain"] = ["can't be blank"]
    elif len(sites) > _MAX_SITES:
        errors["domain"] = [f"should name at most {_MAX_SITES} sites"]
    return sites


def _event_id(value: Any, errors: Errors) -> str:
    if value is None:
        return ""
    if not isinstance(value, str):
        errors["eid"] = ["must be a string"]
    elif len(value) > MAX_EVENT_ID:
        errors["eid"] = [f"should be at most {MAX_EVENT_ID} character(s)"]
    else:
        return value
    return ""


def _check_properties(value: Any, errors: Errors) -> None:
    if isinstance(value, str) and value:
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, ValueError, RecursionError):
            errors["props"] = ["must be a JSON object"]
            return
    if value is None or value == "":
        return
    if not isinstance(value, dict):
        errors["props"] = ["must be an object"]
        return
    for key, content in value.items():
        if not isinstance(content, _SCALARS):
            continue  # lists and objects are dropped silently, as Plausible does
        if _bytes(key) > _MAX_PROPERTY_KEY or _bytes(str(content)) > _MAX_PROPERTY_VALUE:
            errors["props"] = [
                f"keys should have at most {_MAX_PROPERTY_KEY} bytes and values {_MAX_PROPERTY_VALUE} bytes"
            ]
            return


def _check_engagement(fields: dict[str, Any], errors: Errors) -> None:
    depth, engaged = fields.get("sd"), fields.get("e")
    if depth is None and engaged is None:
        errors["e"] = ["engagement needs sd or e"]
    if depth is not None and (not _is_whole(depth) or depth < 0):
        errors["sd"] = ["must be a whole number of percent"]
    if engaged is not None and (not _is_whole(engaged) or not 0 <= engaged < _MAX_ENGAGED_MS):
        errors["e"] = ["must be milliseconds, less than 30 days"]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))

"""Plausible's event protocol (`POST /api/event`), as its trackers and server clients speak it, plus our `eid`.

Short and long names are both read; of two names for one field the short one wins. Unknown fields are skipped without
being decoded, among them whatever claims to be an address, an agent or a time. Custom properties and revenue are
accepted and ignored; only properties too long for Plausible are refused, as it refuses them.
"""

from typing import Any

import msgspec

from appliance.anonymize.split_url import split_url
from appliance.dimensions import ENGAGEMENT

MAX_NAME = 120
MAX_URL_BYTES = 2000
MAX_EVENT_ID = 64
_MAX_REFERRER = 2000
_MAX_PROPERTIES = 30
_MAX_PROPERTY_KEY_BYTES = 300
_MAX_PROPERTY_VALUE_BYTES = 2000
_MAX_SITES = 10
_MAX_ENGAGED_MS = 30 * 24 * 3600 * 1000
_SCALARS = (str, int, float, bool)

Errors = dict[str, list[str]]


class _SiteFields(msgspec.Struct, gc=False):
    """What says for which sites a hit is."""

    d: Any = None
    domain: Any = None
    u: Any = None
    url: Any = None


class _Fields(_SiteFields, gc=False):
    """All fields that mean anything here. Their types are checked by hand, to name the field as Plausible does."""

    n: Any = None
    name: Any = None
    r: Any = None
    referrer: Any = None
    i: Any = None
    interactive: Any = None
    m: Any = None
    meta: Any = None
    p: Any = None
    props: Any = None
    sd: Any = None
    e: Any = None
    eid: Any = None


_decode_site = msgspec.json.Decoder(_SiteFields).decode
_decode = msgspec.json.Decoder(_Fields).decode


class InvalidHitError(Exception):
    """Can never be valid; `errors` names each field and says why."""

    def __init__(self, errors: Errors) -> None:
        super().__init__("the hit is not valid")
        self.errors = errors


class ParsedHit(msgspec.Struct, frozen=True, gc=False):
    """What a body says. Nothing of it is believed about the visitor."""

    sites: tuple[str, ...]
    """Site ids that the hit is for, without `www.`."""
    name: str
    url: str
    referrer: str
    interactive: bool
    event_id: str
    width: int = 0
    """CSS pixels that the window has at least; 0 for unknown."""
    props: tuple[tuple[str, str], ...] = ()
    currency: str = ""
    amount: str = ""
    engaged_ms: int = 0
    scroll_depth: int = -1
    hash_mode: bool = False

    def __repr__(self) -> str:
        return "ParsedHit(…)"


def parse(body: bytes) -> ParsedHit:
    """Read a body as JSON, whatever its content type says.

    Raises:
        InvalidHitError: not JSON, or a field is missing or wrong.

    Privacy: url and referrer may hold anything personal; they end in `anonymize`.
    """
    fields = _read(_decode, body)
    errors: Errors = {}
    name = _name(_first(fields.n, fields.name), errors)
    url = _url(_first(fields.u, fields.url), errors)
    sites = _sites(_first(fields.d, fields.domain), url, errors)
    event_id = "" if fields.eid is None else _event_id(fields.eid, errors)
    properties = _first(_first(fields.m, fields.meta), _first(fields.p, fields.props))
    if properties is not None:
        _check_properties(properties, errors)
    if name == ENGAGEMENT:
        _check_engagement(fields.sd, fields.e, errors)
    if errors:
        raise InvalidHitError(errors)
    referrer = _first(fields.r, fields.referrer)
    return ParsedHit(
        sites=sites,
        name=name,
        url=url,
        referrer=referrer[:_MAX_REFERRER] if isinstance(referrer, str) else "",
        interactive=_first(fields.i, fields.interactive) is not False,
        event_id=event_id,
    )


def parse_sites(body: bytes) -> tuple[str, ...]:
    """Only the sites that a body is for: all that may be known of a hit that was refused already.

    Raises:
        InvalidHitError: not JSON, or it names no site.
    """
    fields = _read(_decode_site, body)
    errors: Errors = {}
    url = _first(fields.u, fields.url)
    sites = _sites(_first(fields.d, fields.domain), url if isinstance(url, str) else "", errors)
    if errors:
        raise InvalidHitError(errors)
    return sites


def blame(hit: ParsedHit) -> Errors:
    """Which field of a parsed hit made it invalid for the boundary: the address of the page, else the name."""
    try:
        parts = split_url(hit.url)
        page = bool(parts.hostname) and parts.scheme in ("http", "https")
    except ValueError:
        page = False
    return {"event_name": ["is invalid"]} if page else {"url": ["is invalid"]}


def _read(decode: Any, body: bytes) -> Any:
    try:
        return decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise InvalidHitError({"request": ["must be a JSON object"]}) from None


def _first(short: Any, long: Any) -> Any:
    return long if short is None else short


def _name(value: Any, errors: Errors) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or (isinstance(value, str) and not value.strip()):
        errors["event_name"] = ["can't be blank"]
    elif not isinstance(value, str):
        errors["event_name"] = ["is invalid"]
    elif len(value) > MAX_NAME:
        errors["event_name"] = [f"should be at most {MAX_NAME} character(s)"]
    else:
        return value
    return ""


def _url(value: Any, errors: Errors) -> str:
    if value is None or value == "":
        errors["url"] = ["is required"]
    elif not isinstance(value, str):
        errors["url"] = ["must be a string"]
    elif not _fits(value, MAX_URL_BYTES):
        errors["url"] = [f"should be at most {MAX_URL_BYTES} byte(s)"]
    else:
        return value
    return ""


def _sites(value: Any, url: str, errors: Errors) -> tuple[str, ...]:
    if value is None:
        try:
            value = split_url(url).hostname or ""
        except ValueError:
            value = ""
    if not isinstance(value, str):
        errors["domain"] = ["is invalid"]
        return ()
    if "," not in value:
        name = value.strip().removeprefix("www.")
        sites: tuple[str, ...] = (name,) if name else ()
    else:
        names = [part.strip().removeprefix("www.") for part in value.split(",")]
        sites = tuple(dict.fromkeys(name for name in names if name))
    if not sites:
        errors["domain"] = ["can't be blank"]
    elif len(sites) > _MAX_SITES:
        errors["domain"] = [f"should name at most {_MAX_SITES} sites"]
    return sites


def _event_id(value: Any, errors: Errors) -> str:
    if not isinstance(value, str):
        errors["eid"] = ["must be a string"]
    elif len(value) > MAX_EVENT_ID:
        errors["eid"] = [f"should be at most {MAX_EVENT_ID} character(s)"]
    else:
        return value
    return ""


def _check_properties(value: Any, errors: Errors) -> None:
    """Plausible ignores what is no object, drops lists, objects and blanks, and keeps thirty."""
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return
    if not isinstance(value, dict):
        return
    kept = [(key, content) for key, content in value.items() if isinstance(content, _SCALARS) and content != ""]
    for key, content in kept[:_MAX_PROPERTIES]:
        if not _fits(key, _MAX_PROPERTY_KEY_BYTES) or not _fits(str(content), _MAX_PROPERTY_VALUE_BYTES):
            limits = f"at most {_MAX_PROPERTY_KEY_BYTES} bytes and values at most {_MAX_PROPERTY_VALUE_BYTES} bytes"
            errors["props"] = [f"keys should have {limits}"]
            return


def _check_engagement(depth: Any, engaged: Any, errors: Errors) -> None:
    if depth is None and engaged is None:
        errors["e"] = ["engagement needs sd or e"]
    if depth is not None and (not _is_whole(depth) or depth < 0):
        errors["sd"] = ["must be a whole number of percent"]
    if engaged is not None and (not _is_whole(engaged) or not 0 <= engaged < _MAX_ENGAGED_MS):
        errors["e"] = ["must be milliseconds, less than 30 days"]


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _fits(text: str, limit_bytes: int) -> bool:
    # At most four bytes stand for a character: most texts need not be encoded to know.
    return len(text) * 4 <= limit_bytes or len(text.encode("utf-8", "surrogatepass")) <= limit_bytes

"""Plausible's event protocol (`POST /api/event`), as its trackers and server clients speak it, plus our `eid`.

Short and long names are both read; of two names for one field the short one wins. Unknown fields are skipped without
being decoded, among them whatever claims to be an address, an agent or a time.
"""

from typing import Any

import msgspec

from appliance.anonymize.split_url import split_url
from appliance.dimensions import ENGAGEMENT
from appliance.hits import NO_SCROLL
from appliance.ingest.event_details import fits, read_engagement, read_properties, read_revenue, read_width
from appliance.ingest.parsed_hit import Errors, InvalidHitError, ParsedHit

MAX_NAME = 120
MAX_URL_BYTES = 2000
MAX_EVENT_ID = 64
_MAX_REFERRER = 2000
_MAX_SITES = 10
_NO_REVENUE = ("", "")
_NO_ENGAGEMENT = (0, NO_SCROLL)


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
    w: Any = None
    h: Any = None
    hash_mode: Any = msgspec.field(default=None, name="hashMode")
    revenue: Any = None
    dollar: Any = msgspec.field(default=None, name="$")


_decode_site = msgspec.json.Decoder(_SiteFields).decode
_decode = msgspec.json.Decoder(_Fields).decode


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
    props = () if properties is None else read_properties(properties, errors)
    money = _first(fields.dollar, fields.revenue)
    currency, amount = _NO_REVENUE if money is None else read_revenue(money)
    engagement = read_engagement(fields.sd, fields.e, errors) if name == ENGAGEMENT else _NO_ENGAGEMENT
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
        width=0 if fields.w is None else read_width(fields.w),
        props=props,
        currency=currency,
        amount=amount,
        engaged_ms=engagement[0],
        scroll_depth=engagement[1],
        hash_mode=(fields.hash_mode if fields.h is None else fields.h) == 1,
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
    elif not fits(value, MAX_URL_BYTES):
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

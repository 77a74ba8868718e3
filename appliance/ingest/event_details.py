"""Properties, revenue and engagement of a hit, as Plausible's protocol writes them. Pure.

JSON values come in, texts and whole numbers go out. What is no property and no revenue is left out without a word, as
Plausible does; only what is too long for it is an error.
"""

import re
from typing import Any

import msgspec

from appliance.hits import NO_SCROLL
from appliance.ingest.parsed_hit import Errors

_MAX_PROPERTIES = 30
_MAX_PROPERTY_KEY_BYTES = 300
_MAX_PROPERTY_VALUE_BYTES = 2000
_MAX_ENGAGED_MS = 30 * 24 * 3600 * 1000
_MAX_WIDTH = 65_535
_SCALARS = (str, int, float, bool)
_CURRENCY = re.compile(r"[A-Z]{3}")
_AMOUNT = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,20})?")
_TOO_LONG = {
    "props": [
        f"keys should have at most {_MAX_PROPERTY_KEY_BYTES} bytes and values at most {_MAX_PROPERTY_VALUE_BYTES} bytes"
    ]
}

Properties = tuple[tuple[str, str], ...]


def read_properties(value: Any, errors: Errors) -> Properties:
    """Key and text of the first thirty scalars that are not empty; `value` is an object or JSON text of one.

    >>> read_properties({"plan": "pro", "seats": 3, "trial": True, "list": [1], "empty": ""}, {})
    (('plan', 'pro'), ('seats', '3'), ('trial', 'true'))
    """
    read: list[tuple[str, str]] = []
    for key, content in _object(value).items():
        if not isinstance(content, _SCALARS) or content == "":
            continue
        text = content if isinstance(content, str) else msgspec.json.encode(content).decode()
        if not fits(key, _MAX_PROPERTY_KEY_BYTES) or not fits(text, _MAX_PROPERTY_VALUE_BYTES):
            errors |= _TOO_LONG
            return ()
        read.append((key, text))
        if len(read) == _MAX_PROPERTIES:
            break
    return tuple(read)


def read_revenue(value: Any) -> tuple[str, str]:
    """Currency and amount; two empty texts if it is no revenue.

    >>> read_revenue({"currency": "EUR", "amount": 12.9}), read_revenue('{"currency": "eur", "amount": "5"}')
    (('EUR', '12.9'), ('EUR', '5'))
    >>> read_revenue({"currency": "Euro", "amount": 1}), read_revenue({"currency": "EUR", "amount": "a lot"})
    (('', ''), ('', ''))
    """
    fields = _object(value)
    currency, amount = fields.get("currency"), fields.get("amount")
    if not isinstance(currency, str) or isinstance(amount, bool) or not isinstance(amount, str | int | float):
        return "", ""
    currency = currency.strip().upper()
    # Not str(): it refuses integers of more than 4,300 digits with an error.
    text = amount.strip() if isinstance(amount, str) else msgspec.json.encode(amount).decode()
    return (currency, text) if _CURRENCY.fullmatch(currency) and _AMOUNT.fullmatch(text) else ("", "")


def read_engagement(depth: Any, engaged: Any, errors: Errors) -> tuple[int, int]:
    """Milliseconds and percent (at most 100); one of the two must be there."""
    if depth is None and engaged is None:
        errors["e"] = ["engagement needs sd or e"]
    if depth is not None and (not _is_whole(depth) or depth < 0):
        errors["sd"] = ["must be a whole number of percent"]
    if engaged is not None and (not _is_whole(engaged) or not 0 <= engaged < _MAX_ENGAGED_MS):
        errors["e"] = ["must be milliseconds, less than 30 days"]
    if errors:
        return 0, NO_SCROLL
    return engaged or 0, NO_SCROLL if depth is None else min(depth, 100)


def read_width(value: Any) -> int:
    """CSS pixels; 0 for what is no width."""
    return min(max(value, 0), _MAX_WIDTH) if _is_whole(value) else 0


def fits(text: str, limit_bytes: int) -> bool:
    """Whether a text has at most so many bytes."""
    # At most four bytes stand for a character: most texts need not be encoded to know.
    return len(text) * 4 <= limit_bytes or len(text.encode("utf-8", "surrogatepass")) <= limit_bytes


def _object(value: Any) -> dict[str, Any]:
    if isinstance(value, str):
        try:
            value = msgspec.json.decode(value)
        except (msgspec.DecodeError, ValueError, RecursionError):
            return {}
    return value if isinstance(value, dict) else {}


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

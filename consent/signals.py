"""Reads the signals that a visitor's browser sends. Pure; unknown and malformed values mean "not set".

Sources: Global Privacy Control (w3c.github.io/gpc), Tracking Preference Expression (www.w3.org/TR/tracking-dnt).
"""

from collections.abc import Iterable
from typing import NamedTuple

OPT_OUT_FLAG = "cl_optout"
"""Name of the cookie in which a device keeps its own refusal: the constant 1."""

SIGNAL_HEADERS = frozenset({b"sec-gpc", b"dnt", b"cookie"})
"""Names of the headers that `read_signals` looks at."""

_SET = b"1"
_FLAG = OPT_OUT_FLAG.encode() + b"=" + _SET


class Signals(NamedTuple):
    """Refusals found in a request."""

    opted_out: bool
    gpc: bool
    dnt: bool


NO_SIGNALS = Signals(opted_out=False, gpc=False, dnt=False)


def read_signals(headers: Iterable[tuple[bytes, bytes]]) -> Signals:
    """Read the signals from request headers with lower-case names, as ASGI gives them.

    `Sec-GPC` is set by exactly `1`; of several such headers one is enough. `DNT` likewise.

    >>> read_signals([(b"sec-gpc", b"0"), (b"sec-gpc", b"1")])
    Signals(opted_out=False, gpc=True, dnt=False)
    """
    opted_out = gpc = dnt = False
    for name, value in headers:
        if name == b"sec-gpc":
            gpc = gpc or value.strip() == _SET
        elif name == b"dnt":
            dnt = dnt or value.strip() == _SET
        elif name == b"cookie":
            opted_out = opted_out or _has_flag(value)
    return Signals(opted_out, gpc, dnt) if opted_out or gpc or dnt else NO_SIGNALS


def _has_flag(cookies: bytes) -> bool:
    return any(cookie.strip() == _FLAG for cookie in cookies.split(b";"))

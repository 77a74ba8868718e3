"""Refuses hits by what can be known without touching address or agent: what the visitor wishes, and prefetching.

Request headers come in, an outcome or nothing goes out. It runs before the body is read, and decides for good: of a
refused hit nothing more than its site is looked at.
"""

from collections.abc import Iterable

from appliance.outcomes import Outcome
from consent.gate import decide
from consent.signals import SIGNAL_HEADERS, read_signals

Headers = Iterable[tuple[bytes, bytes]]

_PURPOSE = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})
TELLING = SIGNAL_HEADERS | _PURPOSE
"""Names of the headers that are looked at."""
_EARLY = (b"prefetch", b"prerender", b"preview")


def refuse(headers: Headers) -> Outcome | None:
    """The outcome that these headers ask for, or None.

    A page that is fetched or drawn in advance has not been looked at (Sec-Purpose, fetch.spec.whatwg.org).
    """
    telling = [header for header in headers if header[0] in TELLING]
    if not telling:
        return None
    refusal = decide(read_signals(telling))
    if refusal is not None:
        return Outcome(refusal.value)
    for name, value in telling:
        if name in _PURPOSE and any(word in value.lower() for word in _EARLY):
            return Outcome.PREFETCH
    return None

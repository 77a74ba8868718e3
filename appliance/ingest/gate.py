"""Refuses hits by what can be known without touching address or agent: site, consent, prefetch."""

from collections.abc import Iterable

from appliance.outcomes import Outcome
from consent.gate import decide
from consent.signals import read_signals

Headers = Iterable[tuple[bytes, bytes]]

_PURPOSE = frozenset({b"sec-purpose", b"purpose", b"x-purpose", b"x-moz"})
_EARLY = (b"prefetch", b"prerender", b"preview")


def refuse(headers: Headers) -> Outcome | None:
    """The outcome that these headers ask for, or None.

    A page that is fetched or drawn in advance has not been looked at (Sec-Purpose, fetch.spec.whatwg.org).
    """
    refusal = decide(read_signals(headers))
    if refusal is not None:
        return Outcome(refusal.value)
    for name, value in headers:
        if name in _PURPOSE and any(word in value.lower() for word in _EARLY):
            return Outcome.PREFETCH
    return None

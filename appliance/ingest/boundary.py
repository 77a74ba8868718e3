"""Takes what is personal out of an ASGI scope, so that nothing behind this point can leak it.

After `take` or `strip` no address, agent, hint, language, cookie or query is left in the scope: not for tracebacks,
middleware, logs or metrics. Headers are kept by name rather than removed by name, because proxies invent new ones for
addresses.
"""

from typing import Any, NamedTuple

from appliance.hits import NO_HINTS, ClientHints

_KEPT = frozenset({b"host", b"content-type", b"content-length", b"content-encoding", b"transfer-encoding"})
_HINTS = {
    b"sec-ch-ua": 0,
    b"sec-ch-ua-mobile": 1,
    b"sec-ch-ua-platform": 2,
    b"sec-ch-ua-platform-version": 3,
}
"""Client hints, and their place in `ClientHints`."""
_PERSONAL = frozenset({b"user-agent", b"x-forwarded-for", b"accept-language", *_HINTS})
WANTED = _KEPT | _PERSONAL
"""Names of all headers that a hit is made of."""


class Personal(NamedTuple):
    """What a hit needs of the scope. Lives as long as the request."""

    peer: str | None
    forwarded: list[bytes]
    """Values of all `X-Forwarded-For` headers, in their order."""
    user_agent: str
    language: str = ""
    """Accept-Language."""
    hints: ClientHints = NO_HINTS

    def __repr__(self) -> str:
        return "Personal(…)"


NOBODY = Personal(None, [], "")


def take(scope: dict[str, Any]) -> Personal:
    """Read what a hit needs, then strip the scope. Only for hits that the gate let through."""
    client = scope.get("client")
    forwarded: list[bytes] = []
    user_agent = language = ""
    hints: list[str] | None = None
    kept = []
    for header in scope["headers"]:
        name, value = header
        if name in _KEPT:
            kept.append(header)
        elif name not in _PERSONAL:
            continue
        elif name == b"user-agent":
            user_agent = value.decode("latin-1")
        elif name == b"accept-language":
            language = value.decode("latin-1")
        elif name == b"x-forwarded-for":
            forwarded.append(value)
        else:
            hints = hints or list(NO_HINTS)
            hints[_HINTS[name]] = value.decode("latin-1")
    _leave(scope, kept)
    peer = client[0] if client else None
    return Personal(peer, forwarded, user_agent, language, ClientHints(*hints) if hints else NO_HINTS)


def take_page(scope: dict[str, Any]) -> tuple[bytes, bytes]:
    """Query and Referer of a request whose Referer is the page itself, as an image's is. To be called before `take`.

    Privacy: both are as personal as the address of a page is.
    """
    referers = [value for name, value in scope["headers"] if name == b"referer"]
    return scope["query_string"], referers[0] if referers else b""


def strip(scope: dict[str, Any]) -> None:
    """Remove everything personal from the scope, unread."""
    _leave(scope, [header for header in scope["headers"] if header[0] in _KEPT])


def _leave(scope: dict[str, Any], kept: list[tuple[bytes, bytes]]) -> None:
    """A list of headers is emptied in place: uvicorn's connection holds the same list until its next request."""
    headers = scope["headers"]
    if isinstance(headers, list):
        headers[:] = kept
    else:
        scope["headers"] = kept
    scope["client"] = None
    scope["query_string"] = b""

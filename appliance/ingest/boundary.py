"""Takes what is personal out of an ASGI scope, so that nothing behind this point can leak it.

After `take` or `strip` no address, agent, hint, language, cookie or query is left in the scope: not for tracebacks,
middleware, logs or metrics. Headers are kept by name rather than removed by name, because proxies invent new ones for
addresses.
"""

from typing import Any, NamedTuple

from appliance.hits import NO_HINTS, ClientHints

_KEPT = frozenset({b"host", b"content-type", b"content-length", b"content-encoding", b"transfer-encoding"})
_FORWARDED = b"x-forwarded-for"
_HINTS = (b"sec-ch-ua", b"sec-ch-ua-mobile", b"sec-ch-ua-platform", b"sec-ch-ua-platform-version")
"""Client hints, in the order of `ClientHints`."""
_ANY_HINT = frozenset(_HINTS)


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
    headers = scope["headers"]
    forwarded = [value for name, value in headers if name == _FORWARDED]
    personal = _personal(dict(headers), forwarded, scope.get("client"))
    strip(scope)
    return personal


def take_plain(fields: dict[bytes, bytes], client: tuple[str, int] | None) -> Personal:
    """The same of a head in which no header comes twice. Its fields are emptied by the caller."""
    return _personal(fields, [fields[_FORWARDED]] if _FORWARDED in fields else [], client)


def _personal(fields: dict[bytes, bytes], forwarded: list[bytes], client: tuple[str, int] | None) -> Personal:
    get = fields.get
    hints = NO_HINTS
    if not _ANY_HINT.isdisjoint(fields):
        hints = ClientHints(*[get(name, b"").decode("latin-1") for name in _HINTS])
    return Personal(
        client[0] if client else None,
        forwarded,
        get(b"user-agent", b"").decode("latin-1"),
        get(b"accept-language", b"").decode("latin-1"),
        hints,
    )


def take_page(scope: dict[str, Any]) -> tuple[bytes, bytes]:
    """Query and Referer of a request whose Referer is the page itself, as an image's is. To be called before `take`.

    Privacy: both are as personal as the address of a page is.
    """
    referers = [value for name, value in scope["headers"] if name == b"referer"]
    return scope["query_string"], referers[0] if referers else b""


def strip(scope: dict[str, Any]) -> None:
    """Remove everything personal from the scope.

    A list of headers is emptied in place: uvicorn's connection holds the same list until its next request.
    """
    headers = scope["headers"]
    kept = [header for header in headers if header[0] in _KEPT]
    if isinstance(headers, list):
        headers[:] = kept
    else:
        scope["headers"] = kept
    scope["client"] = None
    scope["query_string"] = b""

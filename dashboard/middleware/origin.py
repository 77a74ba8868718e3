"""Refuses WebSockets and writing requests that another site's page sends from a visitor's browser.

The host in `Origin` must be the host in `Host`; the scheme may differ, because a proxy may end TLS. A
browser always sends `Origin` with both kinds of request, so a missing one is refused as well. A proxy in
front has to hand on the `Host` header as it came.
"""

from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_SAFE_METHODS = frozenset({"GET", "HEAD"})
_DEFAULT_PORTS = {"http": 80, "https": 443}
_POLICY_VIOLATION = 1008


def same_origin(headers: Headers) -> bool:
    """Whether exactly one `Origin` and one `Host` are there and name the same host and port."""
    origins, hosts = headers.getlist("origin"), headers.getlist("host")
    if len(origins) != 1 or len(hosts) != 1:
        return False
    origin = _split(origins[0])
    if origin is None:
        return False
    scheme, host, port = origin
    return _split(f"{scheme}://{hosts[0]}") == (scheme, host, port)


def _split(origin: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an origin, None unless it is one and nothing more."""
    try:
        parts = urlsplit(origin)
        port = parts.port
    except ValueError:
        return None
    default_port = _DEFAULT_PORTS.get(parts.scheme)
    bare = not (parts.path or parts.query or parts.fragment or "@" in parts.netloc)
    if default_port is None or not parts.hostname or not bare:
        return None
    return parts.scheme, parts.hostname, port or default_port


class OriginCheck:
    """Answers 403, or closes the handshake, when `same_origin` says no."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass on safe methods and requests of our own pages."""
        checked = scope["type"] == "websocket" or (scope["type"] == "http" and scope["method"] not in _SAFE_METHODS)
        if not checked or same_origin(Headers(scope=scope)):
            await self._app(scope, receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": _POLICY_VIOLATION, "reason": "origin"})
        else:
            response = PlainTextResponse("This request came from another origin.\n", status_code=403)
            await response(scope, receive, send)

"""Takes what is personal out of an ASGI scope, so that nothing behind this point can leak it.

After `strip` no address and no agent is left in the scope: not for tracebacks, middleware, logs or metrics.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

_PERSONAL = frozenset(
    {
        *(b"x-forwarded-for", b"forwarded", b"x-real-ip", b"cf-connecting-ip", b"true-client-ip", b"x-client-ip"),
        *(b"x-plausible-ip", b"b-forwarded-for", b"fastly-client-ip", b"x-cluster-client-ip", b"via"),
        *(b"user-agent", b"cookie", b"referer", b"authorization", b"from", b"origin", b"accept-language"),
    }
)


class Personal(NamedTuple):
    """What was in the scope. Lives as long as the request."""

    peer: str | None
    forwarded: Sequence[bytes]
    user_agent: str

    def __repr__(self) -> str:
        return "Personal(…)"


def strip(scope: dict[str, Any]) -> Personal:
    """Remove addresses, agent, cookies and the like from the scope and return what the hit needs of them."""
    client = scope.get("client")
    forwarded: list[bytes] = []
    user_agent = ""
    remaining = []
    for header in scope["headers"]:
        name = header[0]
        if name not in _PERSONAL and not name.startswith(b"sec-ch-"):
            remaining.append(header)
        elif name == b"user-agent":
            user_agent = header[1].decode("latin-1")
        elif name == b"x-forwarded-for":
            forwarded.append(header[1])
    scope["client"] = None
    scope["headers"] = remaining
    return Personal(client[0] if client else None, forwarded, user_agent)

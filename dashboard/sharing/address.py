"""How a shared link travels: in the path from the browser to us, in a header of our own from there to the page. Pure.

The header is taken away from everything that comes from outside.
"""

import re
from dataclasses import dataclass

HEADER = "x-appliance-link"
COOKIE_NAME = "appliance-link"
"""Says that the password of a link was given; sent below the link's own path only."""
SHARED, EMBEDDED = "share", "embed"
_PATH = re.compile(r"/(share|embed)/([A-Za-z0-9_-]{1,128})(/.*)?", re.DOTALL)


@dataclass(frozen=True)
class LinkAddress:
    """What stands in a path."""

    kind: str
    """`share`, or `embed` within the page of another site."""
    token: str
    inner: str = "/"
    """The path below it; empty without the slash at its end."""

    @property
    def base(self) -> str:
        """Where the dashboard lies for this link, `/` at both ends."""
        return f"/{self.kind}/{self.token}/"

    @property
    def header(self) -> str:
        """As the page gets it."""
        return f"{self.kind} {self.token}"


def of_path(path: str) -> LinkAddress | None:
    """The link of a path, None if there is none in it.

    >>> of_path("/share/abc/live")
    LinkAddress(kind='share', token='abc', inner='/live')
    >>> of_path("/live")
    """
    found = _PATH.fullmatch(path)
    return LinkAddress(found[1], found[2], found[3] or "") if found else None


def of_header(text: str) -> LinkAddress | None:
    """The link of the header, None if there is none."""
    kind, _, token = text.partition(" ")
    return LinkAddress(kind, token) if token else None

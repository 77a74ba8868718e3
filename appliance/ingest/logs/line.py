"""One request as a log tells it, and the rules by which lines are left out before anything personal is looked at."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from appliance.dimensions import PAGEVIEW
from appliance.hits import NO_SCROLL


class LeftOut(StrEnum):
    """Why a line is no hit. The value stands in the table that an import prints."""

    UNREADABLE = "unreadable"
    METHOD = "method"
    """Not GET."""
    STATUS = "status"
    """Neither 200 nor 304: failures, redirects (the page that follows has a line of its own) and parts of files."""
    ASSET = "asset"
    SIGNAL = "signal"
    """A collector's record of a kind that is not counted, or without the body that the tracker sent."""


class Signal(NamedTuple):
    """What a tracker says beyond the page and where its visitor came from, as it came.

    Privacy: every text is personal until `anonymize` has seen it; identifiers are not among them, but for the event id.
    """

    event_id: str = ""
    props: tuple[tuple[str, str], ...] = ()
    currency: str = ""
    amount: str = ""
    language: str = ""
    width: int = 0
    """CSS pixels; 0 for unknown."""
    scroll_depth: int = NO_SCROLL

    def __repr__(self) -> str:
        return "Signal(…)"


@dataclass(slots=True, repr=False, eq=False)
class LogLine:
    """A request that may be a hit.

    Privacy: address, agent, target and referrer are personal; none is shown, and it lives for one turn of a loop.
    """

    at: float
    """Seconds since 1970."""
    target: str
    """Path with query, or a whole address."""
    host: str
    """Empty: the format carries none."""
    address: str = field(repr=False)
    user_agent: str | None = field(repr=False)
    """None: the format carries none."""
    referrer: str
    name: str = PAGEVIEW
    signal: Signal | None = None
    """Of a tracker's hit; None for the request for the page itself."""
    is_new_visitor: bool = False
    is_new_visit: bool = False

    def __repr__(self) -> str:
        return "LogLine(…)"


ASSETS = frozenset(
    {
        *("css", "js", "mjs", "map", "json", "xml", "txt", "wasm", "webmanifest", "rss", "atom"),
        *("ico", "png", "jpg", "jpeg", "gif", "svg", "webp", "avif", "bmp", "woff", "woff2", "ttf", "otf", "eot"),
        *("mp3", "mp4", "webm", "ogg", "wav", "m4a", "mov", "avi", "zip", "gz", "tgz", "bz2", "xz", "7z", "rar"),
        *("exe", "dmg", "deb", "rpm", "iso", "apk", "pdf", "doc", "docx", "xls", "xlsx", "ppt", "pptx", "csv"),
    }
)
"""Endings of paths that are no pages."""

_ENDINGS = frozenset(ending.encode() for ending in ASSETS)
SHOWN = frozenset({b"200", b"304"})
"""Statuses of pages that somebody saw."""


def left_out(method: bytes, status: bytes, path: bytes) -> LeftOut | None:
    """The first rule that leaves a request out; `path` is without its query."""
    if method != b"GET":
        return LeftOut.METHOD
    if status not in SHOWN:
        return LeftOut.STATUS
    name = path.rpartition(b"/")[2]
    ending = name.rpartition(b".")[2] if b"." in name else b""
    return LeftOut.ASSET if ending.lower() in _ENDINGS else None

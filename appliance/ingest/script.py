"""Serves the tracker's scripts from memory, under Plausible's names too. No validator: a cached copy identifies nobody.

A path and whether the device refused come in, an answer goes out. A device that refused gets a script that sends
nothing and answers the page's calls.
"""

import re
from importlib.resources import files

from appliance.ingest.answers import Answer, answer

PREFIX = "/js/"
_SUFFIXES = (
    *("compat", "exclusions", "file-downloads", "form-submissions", "full", "hash", "local", "manual"),
    *("outbound-links", "pageleave", "pageview-props", "revenue", "tagged-events"),
)
_IN_DEFAULT = frozenset({"compat", "local", "pageleave", "revenue"})
"""Suffixes that ask for nothing beyond the default build."""
_NAME = re.compile(
    rf"(?:plausible|script|analytics)((?:\.(?:{'|'.join(_SUFFIXES)}))*)\.js|p\.js|pa-[\w.-]{{1,253}}\.js"
)
_MAX_NAME = 260

_HEADERS = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
    # A cache must not give the counting script to a device that refused since.
    (b"vary", b"Cookie"),
)


class Scripts:
    """The three answers: default build, full build, and the one for those who refused."""

    def __init__(self) -> None:
        self._default = _cached_for_a_day(_script("script.js"))
        self._full = _cached_for_a_day(_script("script.full.js"))
        self._refused = _script("refused.js")

    def find(self, path: str, *, opted_out: bool) -> Answer | None:
        """Answer to a GET of a path below `/js/`; None for names that are not served.

        A suffix, as in `/js/script.outbound-links.js`, switches a part of the full build on: the script itself looks
        at its name. `/js/pa-<id>.js` is Plausible's script for one site.
        """
        name = path.removeprefix(PREFIX)
        match = _NAME.fullmatch(name) if len(name) <= _MAX_NAME else None
        if match is None:
            return None
        if opted_out:
            return self._refused
        needs = set((match[1] or "").split(".")[1:]) - _IN_DEFAULT
        return self._full if needs or name.startswith("pa-") else self._default


def _script(name: str) -> Answer:
    source = (files("appliance.ingest") / "tracker" / name).read_bytes()
    return answer(200, source, b"text/javascript; charset=utf-8", _HEADERS)


def _cached_for_a_day(made: Answer) -> Answer:
    headers = [
        (name, b"public, max-age=86400" if name == b"cache-control" else value) for name, value in made.start["headers"]
    ]
    return made._replace(start=made.start | {"headers": headers})

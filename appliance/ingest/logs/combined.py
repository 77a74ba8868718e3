"""Lines of the common and the combined format of Apache and nginx.

Address, two names, time in brackets, request, status, size; combined adds referrer and agent. Reference:
httpd.apache.org/docs/2.4/logs.html and nginx.org/en/docs/http/ngx_http_log_module.html.
"""

import re
from datetime import datetime
from functools import lru_cache

from appliance.ingest.logs.line import LeftOut, LogLine, left_out

_QUOTED = rb'"([^"\\]*(?:\\.[^"\\]*)*)"'
_LINE = re.compile(
    rb"(\S+) \S+ [^\[]*\[([^\]]{20,32})\] " + _QUOTED + rb" (\d{3}) (?:\d+|-)(?: " + _QUOTED + b" " + _QUOTED + rb")?"
)
_ESCAPE = re.compile(rb"\\(?:x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_LETTERS = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v"}


def parse_combined(line: bytes) -> LogLine | LeftOut:
    """One line without its end. A line of the common format has no agent, and what follows the agent is ignored."""
    found = _LINE.match(line)
    if found is None:
        return LeftOut.UNREADABLE
    address, written, request, status, referrer, agent = found.groups()
    words = request.split(b" ")
    if len(words) < 2:
        return LeftOut.UNREADABLE
    target = words[1]
    reason = left_out(words[0], status, target.partition(b"?")[0])
    if reason is not None:
        return reason
    at = _moment(written)
    if at is None:
        return LeftOut.UNREADABLE
    return LogLine(
        at,
        unescaped(target),
        "",
        address.decode("latin-1"),
        None if agent is None else _value(agent),
        "" if referrer is None else _value(referrer),
    )


def unescaped(text: bytes) -> str:
    r"""Undo what servers write for quotes, controls and bytes beyond ASCII.

    >>> unescaped(rb"Caf\xC3\xA9 \"x\"")
    'Café "x"'
    """
    if b"\\" in text:
        text = _ESCAPE.sub(_unescape, text)
    return text.decode("utf-8", "replace")


def _unescape(found: "re.Match[bytes]") -> bytes:
    if found[1]:
        return bytes((int(found[1], 16),))
    return _LETTERS.get(found[2], found[2])


def _value(text: bytes) -> str:
    return "" if text == b"-" else unescaped(text)


@lru_cache(maxsize=4096)
def _moment(text: bytes) -> float | None:
    """`10/Oct/2000:13:55:36 -0700`; month names are English whatever the machine speaks."""
    try:
        day, month, year = text[:2], _MONTHS[text[3:6]], text[7:11]
        clock = text[12:20].decode("ascii")
        written = f"{int(year):04}-{month:02}-{int(day):02}T{clock}{text[21:24].decode('ascii')}:{int(text[24:26]):02}"
        return datetime.fromisoformat(written).timestamp()
    except (KeyError, ValueError, UnicodeDecodeError, OverflowError):
        return None


_MONTHS = {
    name: number
    for number, name in enumerate(
        (b"Jan", b"Feb", b"Mar", b"Apr", b"May", b"Jun", b"Jul", b"Aug", b"Sep", b"Oct", b"Nov", b"Dec"), 1
    )
}

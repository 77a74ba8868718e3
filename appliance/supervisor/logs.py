"""Logs: one JSON object per line on stderr, and never anything that a request carried.

Own code names an event and gives it plain fields: `log.warning("part_died", extra={"seconds": 3})`. Both come from
closed lists (`log_events`); what is not listed is not written. Of foreign
libraries only logger, level and place are kept, because their texts may quote requests, and once a minute at most,
because a stranger's broken requests must not fill a disk. Exceptions are their type
and their places; the text is kept for our own errors, whose texts are written for the operator.
"""

import json
import logging
import sys
import threading
import traceback
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

from appliance.errors import ApplianceError
from appliance.supervisor.log_events import EVENTS, FIELDS

_OWN = ("appliance", "dashboard")
_REPEAT_SECONDS = 60.0
_STANDARD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
_ROOTS = tuple(f"{entry}/" for entry in sorted(sys.path, key=len, reverse=True) if entry.startswith("/"))


_Place = tuple[str, int, type[BaseException] | None]
_log = logging.getLogger("appliance")


class Repeated(logging.Filter):
    """Lets one line a minute through for each place in a foreign library, and says how many were left out."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[_Place, float] = {}
        self._left_out: Counter[_Place] = Counter()

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written."""
        if record.name.partition(".")[0] in _OWN:
            return True
        kind = record.exc_info[0] if record.exc_info else None
        place = record.pathname, record.lineno, kind
        if 0 <= record.created - self._said.get(place, -_REPEAT_SECONDS) < _REPEAT_SECONDS:
            self._left_out[place] += 1
            return False
        self._said[place] = record.created
        record.left_out = self._left_out.pop(place, 0)
        return True


class JsonLines(logging.Formatter):
    """Formats a record as `{"at", "level", "part", "event", …}`."""

    def __init__(self, part: str) -> None:
        super().__init__()
        self._part = part

    def format(self, record: logging.LogRecord) -> str:
        """One line without line breaks inside."""
        at = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line: dict[str, Any] = {
            "at": at.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "part": self._part,
        }
        if record.name.partition(".")[0] in _OWN:
            line |= _own(record, line)
        else:
            line |= {"event": "library_says", "logger": record.name}
            line["place"] = f"{_short(record.pathname)}:{record.lineno}"
            if left_out := getattr(record, "left_out", 0):
                line["left_out"] = left_out
        if record.exc_info and record.exc_info[1] is not None:
            line |= describe(record.exc_info[1])
        return json.dumps(line, ensure_ascii=False, default=lambda value: type(value).__name__)


def _own(record: logging.LogRecord, line: dict[str, Any]) -> dict[str, Any]:
    """Event and fields of a line of our own, as far as they are listed."""
    event = record.getMessage()
    described: dict[str, Any] = {"event": event}
    if event not in EVENTS:
        described = {"event": "unlisted", "place": f"{_short(record.pathname)}:{record.lineno}"}
    fields = {name: value for name, value in vars(record).items() if name not in _STANDARD}
    described |= {f"{name}_" if name in line else name: fields[name] for name in fields if name in FIELDS}
    if unlisted := sorted(fields.keys() - FIELDS):
        described["unlisted"] = unlisted
    return described


def describe(error: BaseException) -> dict[str, Any]:
    """An exception without what it was about: its type, the places it went through, and our own texts."""
    places = [
        f"{_short(frame.filename)}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__, limit=-8)
    ]
    described: dict[str, Any] = {"error": type(error).__name__, "places": places}
    if isinstance(error, ApplianceError | ImportError):
        described["text"] = str(error)
    elif isinstance(error, OSError) and error.strerror:
        described["text"] = error.strerror
    return described


def start(part: str, stream: TextIO | None = None) -> None:
    """Send all logs and all uncaught exceptions of this process to stderr, or another stream, as JSON lines."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(JsonLines(part))
    handler.addFilter(Repeated())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in _OWN:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.captureWarnings(True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda raised: _log_uncaught(
        raised.exc_type, raised.exc_value or raised.exc_type(), raised.exc_traceback
    )


def write(event: str, level: str = "info", **fields: object) -> None:
    """Write one line; for parts that get their log passed in."""
    _log.log(logging.getLevelNamesMapping()[level.upper()], event, extra=fields)


def _log_uncaught(kind: type[BaseException], error: BaseException, places: TracebackType | None) -> None:
    _log.critical("uncaught", exc_info=(kind, error, places))


def _short(path: str) -> str:
    """A source file without the directory it is installed in."""
    for root in _ROOTS:
        if path.startswith(root):
            return path[len(root) :]
    return Path(path).name

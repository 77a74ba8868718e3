"""Answers as CSV (RFC 4180), for spreadsheets.

A cell that a spreadsheet would take for a formula gets an apostrophe in front: names of pages and sources come from
anybody (https://owasp.org/www-community/attacks/CSV_Injection).
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator

import msgspec

from appliance.stats.contract import META_HEADER as META_HEADER
from appliance.stats.contract import (
    UNITS,
    Answer,
    Funnels,
    FunnelStep,
    Meta,
    Metric,
    Row,
    Transition,
    Transitions,
)

Cell = str | int | float | None

CONTENT_TYPE = "text/csv; charset=utf-8; header=present"

_FORMULA = re.compile(r"\s*[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]")
_QUALITY = re.compile(r"(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)", re.ASCII)
_JSON, _CSV = "application/json", "text/csv"


def wants_csv(accept: str) -> bool:
    """Whether a client likes CSV better than JSON, by the header `Accept` (RFC 9110, 12.5.1)."""
    return _quality(accept, _CSV) > _quality(accept, _JSON)


def _quality(accept: str, offered: str) -> float:
    """The weight of the entry that names the type most closely; 0 if none does."""
    ranges = {offered: 2, offered.split("/")[0] + "/*": 1, "*/*": 0}
    best = (-1, 0.0)
    for entry in accept.split(","):
        name, *parameters = (part.strip().lower() for part in entry.split(";"))
        weights = [text[2:].strip() for text in parameters if text.startswith("q=")]
        if name in ranges and all(_QUALITY.fullmatch(weight) for weight in weights):
            best = max(best, (ranges[name], float(weights[0]) if weights else 1.0))
    return best[1]


def query_csv(answer: Answer) -> bytes:
    """One line for each row under a line of names."""
    metrics = [Metric(name) for name in answer.query["metrics"]]
    is_compared = any(row.comparison for row in answer.results)
    names = [_name(metric) for metric in metrics]
    compared = [f"{name} {of}" for of in ("before", "change") for name in names] if is_compared else []
    rows = ([*row.dimensions, *row.metrics, *_compared(row)] for row in answer.results)
    return table([*answer.query["dimensions"], *names, *compared], rows)


def funnels_csv(found: Funnels) -> bytes:
    """One line for each step, with the name of its funnel."""
    rows = ([funnel.name, *msgspec.structs.astuple(step)] for funnel in found.funnels for step in funnel.steps)
    return table(["funnel", *FunnelStep.__struct_fields__], rows)


def transitions_csv(found: Transitions) -> bytes:
    """One line for each way."""
    return table(Transition.__struct_fields__, map(msgspec.structs.astuple, found.transitions))


def table(names: Iterable[str], rows: Iterable[Iterable[Cell]]) -> bytes:
    """Lines under a line of names; a number that is not known is an empty cell."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(map(_harmless, names))
    for row in rows:
        writer.writerow(map(_harmless, row))
    return text.getvalue().encode()


def meta_header(meta: Meta) -> str:
    """`meta` as JSON of ASCII characters."""
    return json.dumps(msgspec.to_builtins(msgspec.structs.replace(meta, time_labels=None)))


def _name(metric: Metric) -> str:
    return metric if UNITS[metric] == metric else f"{metric} ({UNITS[metric]})"


def _compared(row: Row) -> Iterator[int | float | None]:
    if row.comparison:
        yield from (*row.comparison.metrics, *row.comparison.change)


def _harmless(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return str(cell).lower()
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell

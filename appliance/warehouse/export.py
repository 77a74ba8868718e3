"""Counters of closed days on their way into a backup and back, as Native blocks in pieces of bounded size.

What is not folded stays out: open cells, totals and outcomes of days that are not marked as closed, and what closed
days leave for their month (`carry`), for all of it may be of fewer than k visitors.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from importlib.resources import files
from itertools import groupby
from typing import NamedTuple

from appliance.warehouse.client import WriteClient

KINDS: Mapping[str, str] = {
    "closed_days": "closed_days",
    "closed_months": "closed_months",
    "day_cells": "cells",
    "month_cells": "cells",
    "outcomes": "outcomes",
    "totals_hour": "totals_hour",
}
"""What is exported, by name, with the table that it comes from."""

LEFT_OUT = frozenset({"cells_running", "cells_open", "carry_open", "carry", "schema_migrations"})
"""Tables that a backup does not hold; the last stands in its manifest."""

_PIECE_ROWS = 200_000
_PIECE_DAYS = 500

SiteDay = tuple[str, date]


class Piece(NamedTuple):
    """Rows of one kind and month that are read together."""

    kind: str
    month: str
    """As in 2026-11."""
    days: tuple[SiteDay, ...]
    rows: int
    """When the export was planned; rows of one key may be merged until it is read."""


class Plan(NamedTuple):
    """What an export will read."""

    pieces: list[Piece]
    """Those of one kind and month stand together."""
    closed: list[SiteDay]
    left_out: list[SiteDay]
    """Site-days with open cells that are not closed."""


def plan_export(client: WriteClient) -> Plan:
    """Look what there is; call it while nothing is being written. Raises UnavailableError."""
    marked = {(str(site), day) for site, day in client.query("SELECT DISTINCT site, day FROM closed_days").rows}
    found = {(str(site), day) for site, day in client.query(_sql("close.open_days")).rows}
    left_out = sorted(found - marked)
    sizes = client.query(_sql("export.sizes"), {"open": left_out}).rows
    pieces = []
    for (kind, month), rows in groupby(sizes, key=lambda row: (str(row[0]), f"{row[2]:%Y-%m}")):
        of_month = [((str(site), day), int(size)) for _, site, day, size in rows]
        pieces += [Piece(kind, month, days, count) for days, count in _cut(of_month)]
    return Plan(pieces, sorted(marked), left_out)


def read_piece(client: WriteClient, piece: Piece) -> bytes:
    """Rows of one piece as Native blocks; empty if there are none any more. Raises UnavailableError."""
    where = {"month": int(piece.month.replace("-", "")), "pairs": list(piece.days)}
    return client.read_blocks(_sql(f"export.{piece.kind}"), where)


def write_piece(client: WriteClient, kind: str, blocks: bytes) -> None:
    """Insert what `read_piece` gave; repeated, it is there twice. Raises UnavailableError."""
    client.insert_blocks(KINDS[kind], blocks)


def tables_with_rows(client: WriteClient) -> list[str]:
    """Tables of counters that are there and not empty; raises UnavailableError."""
    tables = sorted({*KINDS.values(), *LEFT_OUT} - {"schema_migrations"})
    there = [str(name) for (name,) in client.query(_sql("export.tables"), {"tables": tables}).rows]
    return [table for table in there if client.query(f"SELECT 1 FROM {table} LIMIT 1").rows]  # noqa: S608


def _cut(sizes: Iterable[tuple[SiteDay, int]]) -> Iterator[tuple[tuple[SiteDay, ...], int]]:
    taken: list[SiteDay] = []
    rows = 0
    for day, size in sizes:
        if taken and (rows + size > _PIECE_ROWS or len(taken) == _PIECE_DAYS):
            yield tuple(taken), rows
            taken, rows = [], 0
        taken.append(day)
        rows += size
    if taken:
        yield tuple(taken), rows


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"{name}.sql").read_text(encoding="utf-8")

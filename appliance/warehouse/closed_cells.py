"""Writes what is kept of one day or month into `cells`, in pieces of bounded size, and sees that all of it is there."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import cache
from importlib.resources import files

from appliance.errors import UnavailableError
from appliance.warehouse.client import WriteClient
from appliance.warehouse.columns import CELL_TYPES, closed_columns
from appliance.warehouse.fold.cells import COUNTERS
from appliance.warehouse.fold.day import Folded

INSERT_ROWS = 50_000
"""Rows of one insert; about 50 MB while they are on their way."""


class ClosedCells:
    """The cells of one site and day, or month under its first day. Every method may raise UnavailableError."""

    def __init__(self, client: WriteClient, site: str, day: date, grain: str = "day") -> None:
        self._client = client
        self._site, self._day, self._grain = site, day, grain
        self._where: dict[str, object] = {"site": site, "day": day, "grain": grain}
        self._written = self._sums = 0

    def count(self) -> int:
        """Rows that are there."""
        return int(self._client.query(_sql("count"), self._where).rows[0][0])

    def forget(self) -> None:
        """Delete what an attempt that died before its mark has left."""
        if self.count():
            self._client.command(_sql("delete"), {**self._where, "partition": f"{self._day:%Y%m}"})
        self._written = self._sums = 0

    def write(self, tables: Sequence[Folded]) -> None:
        """Add folded tables."""
        for piece in _pieces(tables):
            rows = closed_columns(piece, self._site, self._day, grain=self._grain)
            token = f"{self._site}|{self._day}|{self._grain}|{self._written}"
            self._client.insert("cells", CELL_TYPES, rows, token=token)
            self._written += len(rows["a"])
            self._sums += sum(sum(rows[name]) for name in COUNTERS)

    def verify(self) -> None:
        """See that every cell was kept, with all its counters."""
        stored = self._client.query(_sql("sum"), self._where).rows[0]
        if tuple(map(int, stored)) != (self._written, self._sums):
            raise UnavailableError(
                f"ClickHouse did not keep every cell of a {self._grain} that closes; it will be tried again"
            )


def folded_batches(folded: Iterable[Folded]) -> Iterator[list[Folded]]:
    """Tables together, so that they make few parts."""
    batch: list[Folded] = []
    for one in folded:
        batch.append(one)
        if sum(len(table.cells.a) + len(table.carried.a) for table in batch) >= INSERT_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _pieces(tables: Iterable[Folded]) -> Iterator[list[Folded]]:
    """The cells of the tables, cut so that a piece has at most INSERT_ROWS; none if there is no cell."""
    piece: list[Folded] = []
    room = INSERT_ROWS
    for table in tables:
        first = 0
        while first < len(table.cells.a):
            part = table.cells.part(first, first + room)
            piece.append(Folded(table.table, part))
            first += len(part.a)
            room -= len(part.a)
            if not room:
                yield piece
                piece, room = [], INSERT_ROWS
    if piece:
        yield piece


@cache
def _sql(name: str) -> str:
    return files("appliance.warehouse").joinpath("sql", f"closed_cells.{name}.sql").read_text(encoding="utf-8")

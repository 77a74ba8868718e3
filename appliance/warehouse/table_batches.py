"""Tables of cells, some at a time: questions stay few and memory small. Pure."""

from collections.abc import Iterable, Iterator, Mapping

from appliance.warehouse.fold.day import TableName

ROWS_AT_ONCE = 100_000
"""About 60 MB; a day of 2,000 visits has as many cells."""


def table_batches(sizes: Mapping[TableName, int], order: Iterable[TableName]) -> Iterator[list[TableName]]:
    """Tables in their order, cut so that a batch has at most ROWS_AT_ONCE rows or is one table."""
    batch: list[TableName] = []
    rows = 0
    for table in order:
        if batch and rows + sizes[table] > ROWS_AT_ONCE:
            yield batch
            batch, rows = [], 0
        batch.append(table)
        rows += sizes[table]
    if batch:
        yield batch


def number_of(table: TableName) -> int:
    """One number for the two dimensions, as SQL makes it."""
    return 256 * table[0] + table[1]

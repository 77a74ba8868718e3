"""Cells of one day worked out from a list of visits by definition, and their fold. Shares no code with the views."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.warehouse.fold.cells import COUNTERS, Numbers, Pairs
from appliance.warehouse.fold.day import Folded, Rules, TableName, fold_day

NONE = Dimension.NONE
Cell = tuple[Dimension, str, Dimension, str]


@dataclass(frozen=True)
class Visit:
    """One visit: who came (known to nobody else), with which attributes, and the attributes of each of its events."""

    visitor: int
    attributes: Mapping[Dimension, str]
    events: Sequence[Mapping[Dimension, str]] = ({},)
    duration_ms: int = 0


@dataclass
class _Sum:
    visitors: set[int] = field(default_factory=set)
    visits: set[int] = field(default_factory=set)
    events: int = 0
    duration_ms: int = 0

    def row(self) -> list[int]:
        known = {"visitors": len(self.visitors), "visits": len(self.visits), "closed": len(self.visits)}
        known |= {"pageviews": self.events, "events": self.events, "duration_ms": self.duration_ms}
        return [known.get(name, 0) for name in COUNTERS]


class DayCells:
    """All cells of some visits. An event is a pageview; nothing but a closed visit has a duration."""

    def __init__(self, visits: Iterable[Visit], tables: Iterable[TableName] | None = None) -> None:
        """`tables`: only these tables of pairs; all that are counted if None."""
        sums: dict[Cell, _Sum] = defaultdict(_Sum)
        wanted = None if tables is None else set(tables)
        for number, visit in enumerate(visits):
            whole = {_cell(pair) for pair in _up_to_two(visit.attributes.items())}
            for cell in whole:
                sums[cell].visitors.add(visit.visitor)
                sums[cell].visits.add(number)
                sums[cell].duration_ms += visit.duration_ms
            for event in visit.events:
                for pair in _up_to_two([*event.items(), *visit.attributes.items()]):
                    cell = _cell(pair)
                    sums[cell].visitors.add(visit.visitor)
                    sums[cell].visits.add(number)
                    sums[cell].events += 1
        none = (NONE, "", NONE, "")
        self.totals: Numbers = np.array(sums.pop(none, _Sum()).row(), dtype=np.int64)
        self.cells = {
            cell: total.row()
            for cell, total in sums.items()
            if cell[2] is NONE or wanted is None or (cell[0], cell[2]) in wanted
        }

    def tables(self) -> list[TableName]:
        return sorted({(a, b) for a, _, b, _ in self.cells})

    def read(self, table: TableName) -> Pairs:
        rows = sorted((cell, row) for cell, row in self.cells.items() if (cell[0], cell[2]) == table)
        counters = np.array([row for _, row in rows], dtype=np.int64).reshape(len(rows), len(COUNTERS))
        return Pairs([cell[1] for cell, _ in rows], [cell[3] for cell, _ in rows], counters)

    def folded(self, k: int = 5, admits: Callable[[Dimension, str], bool] | None = None) -> dict[Cell, dict[str, int]]:
        """What is kept, by cell; closed vocabularies are public unless `admits` says otherwise."""
        rules = Rules(k, admits or (lambda dimension, _: TRAITS[dimension].closed))
        return as_dict(fold_day(self.totals, self.tables(), self.read, rules))


def as_dict(folded: Iterable[Folded]) -> dict[Cell, dict[str, int]]:
    return {
        (one.table[0], a, one.table[1], b): dict(zip(COUNTERS, row, strict=True))
        for one in folded
        for a, b, row in zip(one.cells.a, one.cells.b, one.cells.counters.tolist(), strict=True)
    }


def _up_to_two(attributes: Iterable[tuple[Dimension, str]]) -> list[tuple[tuple[Dimension, str], ...]]:
    ordered = sorted(attributes)
    return [(), *((one,) for one in ordered), *(pair for pair in combinations(ordered, 2) if _counted(pair))]


_SAME_TWICE = {
    (Dimension.COUNTRY, Dimension.REGION),
    (Dimension.COUNTRY, Dimension.CITY),
    (Dimension.REGION, Dimension.CITY),
    (Dimension.BROWSER, Dimension.BROWSER_VERSION),
    (Dimension.OS, Dimension.OS_VERSION),
}


def _counted(pair: tuple[tuple[Dimension, str], ...]) -> bool:
    a, b = pair[0][0], pair[1][0]
    with_exit = b is Dimension.EXIT_PAGE and TRAITS[a].scope is Scope.EVENT
    return a is not b and (a, b) not in _SAME_TWICE and not with_exit


def _cell(pair: tuple[tuple[Dimension, str], ...]) -> Cell:
    (a, value_a), (b, value_b) = (*pair, (NONE, ""), (NONE, ""))[:2]
    return (a, value_a, b, value_b)

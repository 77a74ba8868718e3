"""What must be counted, from the ledger of hits: totals, pages, entry pages and their pairs with the browser."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import NamedTuple

from tests.kit.hits import Hit
from tests.kit.oracle import Oracle, Visit


class Numbers(NamedTuple):
    """Of one cell."""

    visitors: int
    visits: int
    pageviews: int


Cells = dict[tuple[str, ...], Numbers]
"""By the values of a cell, for example path and browser."""


class Expected:
    """One site's numbers by day."""

    def __init__(self, site: str, timezone: str, hits: Sequence[Hit]) -> None:
        self.site = site
        self.hits = len([hit for hit in hits if hit.site == site])
        self._visits: dict[date, list[Visit]] = defaultdict(list)
        for visit in Oracle(site, timezone, hits, lambda _: True).visits:
            self._visits[visit.day].append(visit)

    def days(self) -> list[date]:
        """Days with any visit."""
        return sorted(self._visits)

    def totals(self, day: date) -> Numbers:
        """All visits of a day."""
        return _numbers(self._visits[day], (hit for visit in self._visits[day] for hit in visit.pageviews))

    def pages(self, day: date) -> Cells:
        """By path."""
        return self._by_event(day, lambda hit: (hit.path,))

    def pages_by_browser(self, day: date) -> Cells:
        """By path and browser."""
        return self._by_event(day, lambda hit: (hit.path, hit.visitor.agent.browser))

    def entries(self, day: date) -> Cells:
        """By path of the first page."""
        return self._by_visit(day, lambda visit: (visit.first.path,))

    def entries_by_browser(self, day: date) -> Cells:
        """By path of the first page and browser; known when a visit has ended."""
        return self._by_visit(day, lambda visit: (visit.first.path, visit.visitor.agent.browser))

    def _by_event(self, day: date, values: Callable[[Hit], tuple[str, ...]]) -> Cells:
        hits: dict[tuple[str, ...], list[Hit]] = defaultdict(list)
        visits: dict[tuple[str, ...], dict[int, Visit]] = defaultdict(dict)
        for visit in self._visits[day]:
            for hit in visit.pageviews:
                hits[values(hit)].append(hit)
                visits[values(hit)][id(visit)] = visit
        return {cell: _numbers(visits[cell].values(), hits[cell]) for cell in hits}

    def _by_visit(self, day: date, values: Callable[[Visit], tuple[str, ...]]) -> Cells:
        found: dict[tuple[str, ...], list[Visit]] = defaultdict(list)
        for visit in self._visits[day]:
            found[values(visit)].append(visit)
        return {
            cell: _numbers(visits, (hit for visit in visits for hit in visit.pageviews))
            for cell, visits in found.items()
        }


def _numbers(visits: Iterable[Visit], views: Iterable[Hit]) -> Numbers:
    of = list(visits)
    return Numbers(len({visit.visitor for visit in of}), len(of), sum(1 for _ in views))

"""Answers from which page to which visits went. Running days are folded here as their close would do it now."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from datetime import UTC, datetime
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np

from appliance.admission import admitter
from appliance.clock import Clock, local_day_hour
from appliance.dimensions import Dimension
from appliance.settings import Settings, SiteSettings
from appliance.stats.contract import MAX_LIMIT, Meta, Transition, Transitions
from appliance.stats.day_marks import DayMarks
from appliance.stats.open_pairs import OpenPairs
from appliance.stats.ranges import parse_range
from appliance.stats.reports import ClosedDays, Reader, Reports
from appliance.warehouse.fold.cells import COUNTERS, PAGEVIEWS, VISITORS, VISITS, Pairs
from appliance.warehouse.fold.day import Rules, TableName

_TABLE = (Dimension.PAGE, Dimension.PREVIOUS_PAGE)


class TransitionAnswers:
    """Answers for configured sites. Blocks its thread while ClickHouse works."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        reader: Reader,
        closed_days: ClosedDays,
        counted_until: Callable[[], float],
        marks: DayMarks,
        open_pairs: OpenPairs,
        listed: Callable[[str], Collection[str]] = lambda _site: (),
    ) -> None:
        """What answers are made from.

        Args:
            counted_until: moment up to which arrived hits are in the counters, seconds since 1970.
            listed: pages of a site's sitemap, as they are counted.
        """
        self._k = settings.privacy.k
        self._clock = clock
        self._reader = reader
        self._closed_days = closed_days
        self._reports = Reports(reader, closed_days)
        self._counted_until = counted_until
        self._marks = marks
        self._listed = listed
        self._open_pairs = open_pairs

    def answer(self, site: SiteSettings, date_range: str | list[str]) -> Transitions:
        """What may be shown of the range, most often first, at most `contract.MAX_LIMIT`.

        Raises:
            QueryError: there is no such range.
            UnavailableError: ClickHouse is away.
        """
        today, _ = local_day_hour(self._clock(), site.timezone)
        days = parse_range(date_range, today, lambda: self._reports.first_day(site.id))
        marks = self._marks.of(site, [days])
        data_as_of = self._counted_until()
        where = {"site": site.id, "first": days.first, "last": days.last}
        tables = {"page": int(Dimension.PAGE), "previous": int(Dimension.PREVIOUS_PAGE)}
        with self._closed_days.reading():
            closed = self._reader.query(_sql("closed"), where | tables).rows
            opened = self._reader.query(_sql("open_cells"), where | tables).rows
            totals = self._reports.totals_by_day(site.id, days)
        found: Counter[tuple[str, str, int]] = Counter()
        for previous, page, *counters in closed:
            found.update({(previous, page, column): int(number) for column, number in enumerate(counters)})
        rules = Rules(self._k, admitter(site, self._listed(site.id)))
        for day, rows in groupby(opened, key=itemgetter(0)):
            if day not in totals:
                continue  # its first event is being inserted
            cells = _tables([row[1:] for row in rows])
            whole = np.array(totals[day][: len(COUNTERS)], dtype=np.int64)
            shown = self._open_pairs.fold(site.id, day, _TABLE, whole, lambda t, c=cells: c[t], rules)  # type: ignore[misc]
            for page, previous, row in zip(shown.a, shown.b, shown.counters.tolist(), strict=True):
                for column, counter in enumerate((VISITORS, VISITS, PAGEVIEWS)):
                    found[previous, page, column] += row[counter]
        ways = {(previous, page) for previous, page, _ in found}
        answer = [Transition(*way, *(found[*way, column] for column in range(3))) for way in ways]
        answer.sort(key=lambda one: (-one.pageviews, one.previous, one.page))
        meta = Meta(
            visitors="exact" if days.n_days == 1 else "daily_sum",
            data_as_of=datetime.fromtimestamp(data_as_of, UTC).isoformat(timespec="seconds"),
            includes_today=days.first <= today <= days.last,
            **marks._asdict(),
        )
        return Transitions(answer[:MAX_LIMIT], meta)


def _tables(rows: Sequence[Any]) -> dict[TableName, Pairs]:
    """Cells of one day by table."""
    tables = {}
    for table in ((Dimension.PAGE, Dimension.NONE), _TABLE):
        mine = [row[1:] for row in rows if row[0] == table[1]]
        counters = np.array([row[2:] for row in mine], dtype=np.int64).reshape(-1, len(COUNTERS))
        tables[table] = Pairs([row[0] for row in mine], [row[1] for row in mine], counters)
    return tables


def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/transitions.{name}.sql").read_text(encoding="utf-8")

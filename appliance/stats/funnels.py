"""Answers how many visitors reached each step of a site's funnels.

A step that a day's close left out had at least as many visitors as any later one: that is what is said of it. Of a
running day only multiples of k are said, so nobody sees single visitors by asking again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from importlib.resources import files

from appliance.clock import Clock, local_day_hour
from appliance.dimensions import Dimension
from appliance.events import split_funnel_step
from appliance.settings import FunnelSettings, Settings, SiteSettings
from appliance.stats.contract import Funnel, Funnels, FunnelStep, Meta
from appliance.stats.day_marks import DayMarks
from appliance.stats.ranges import parse_range
from appliance.stats.reports import ClosedDays, Reader, Reports
from appliance.warehouse.fold.funnels import certain_so_far

_Steps = dict[int, int]
"""Visitors by number of the step, from 1."""


class FunnelAnswers:
    """Answers for configured sites. Blocks its thread while ClickHouse works."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        reader: Reader,
        closed_days: ClosedDays,
        counted_until: Callable[[], float],
        marks: DayMarks,
    ) -> None:
        """What answers are made from.

        Args:
            counted_until: moment up to which arrived hits are in the counters, seconds since 1970.
        """
        self._k = settings.privacy.k
        self._clock = clock
        self._reader = reader
        self._closed_days = closed_days
        self._reports = Reports(reader, closed_days)
        self._counted_until = counted_until
        self._marks = marks

    def answer(self, site: SiteSettings, date_range: str | list[str]) -> Funnels:
        """All funnels of a site in their order.

        Raises:
            QueryError: there is no such range.
            UnavailableError: ClickHouse is away.
        """
        today, _ = local_day_hour(self._clock(), site.timezone)
        days = parse_range(date_range, today, lambda: self._reports.first_day(site.id))
        marks = self._marks.of(site, [days])
        data_as_of = self._counted_until()
        where = {"site": site.id, "first": days.first, "last": days.last, "dimension": int(Dimension.FUNNEL_STEP)}
        sql = (files("appliance.stats") / "sql/funnels.steps.sql").read_text(encoding="utf-8")
        with self._closed_days.reading():
            rows = self._reader.query(sql, where).rows
            totals = self._reports.totals_by_day(site.id, days)
        found: dict[str, dict[date, _Steps]] = {funnel.name: defaultdict(dict) for funnel in site.funnels}
        running = set()
        for day, value, visitors, is_open in rows:
            name, number = split_funnel_step(value)
            if is_open:
                running.add(day)
            if name in found:
                found[name][day][number] = certain_so_far(int(visitors), self._k) if is_open else int(visitors)
        funnels = [
            _funnel(funnel, [(found[funnel.name].get(day, {}), day not in running) for day in totals])
            for funnel in site.funnels
        ]
        meta = Meta(
            visitors="exact" if days.n_days == 1 else "daily_sum",
            data_as_of=datetime.fromtimestamp(data_as_of, UTC).isoformat(timespec="seconds"),
            includes_today=days.first <= today <= days.last,
            **marks._asdict(),
        )
        return Funnels(funnels, meta)


def _funnel(funnel: FunnelSettings, by_day: Iterable[tuple[_Steps, bool]]) -> Funnel:
    """Sums the days with any hit; of each what is known of its steps, and whether that is exact."""
    reached = [0] * len(funnel.steps)
    unsure = [False] * len(funnel.steps)
    for steps, is_exact in by_day:
        so_far = 0
        for position in reversed(range(len(reached))):
            so_far = max(so_far, steps.get(position + 1, 0))
            reached[position] += so_far
            unsure[position] |= not is_exact or position + 1 not in steps
    return Funnel(
        funnel.name,
        [
            FunnelStep(
                label=step.event or f"Visit {step.page}",
                visitors=reached[position],
                at_least=unsure[position],
                conversion_rate=_percent(reached[position], reached[0]),
                drop_off=reached[max(0, position - 1)] - reached[position],
                drop_off_rate=_percent(
                    reached[max(0, position - 1)] - reached[position], reached[max(0, position - 1)]
                ),
            )
            for position, step in enumerate(funnel.steps)
        ],
    )


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None

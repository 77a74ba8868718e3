"""Runs a plan and makes the answer: rows, order, page, and what the reader must know of them."""

from collections.abc import Callable, Collection, Mapping
from datetime import UTC, date, datetime
from typing import Any

from appliance.admission import admission, admitter
from appliance.clock import Clock, local_day_hour
from appliance.dimensions import Dimension
from appliance.errors import QueryError
from appliance.events import property_value
from appliance.settings import Settings, SiteSettings
from appliance.stats.contract import NOT_SET, OTHER, Answer, Meta, Question, Row, TimeDimension
from appliance.stats.counters import Around, Counters
from appliance.stats.filters import Attribute
from appliance.stats.pair_reports import PairKey, PairReports
from appliance.stats.plan import Plan, make_plan, needs_entries, needs_totals
from appliance.stats.ranges import DateRange, hours, parse_range
from appliance.stats.reports import Cells, Reports
from appliance.stats.rows import Found, PairCells, make_row, pair_rows, single_rows
from appliance.targets import OWN_KEYS
from appliance.warehouse.fold.day import Rules

_ENTRY_PAGE = Attribute(Dimension.ENTRY_PAGE)
_MAX_HOUR_LABEL_DAYS = 366


class Answers:
    """Answers questions about configured sites. Blocks its thread while ClickHouse works."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        reports: Reports,
        pair_reports: PairReports,
        counted_until: Callable[[], float],
        warnings: Callable[[], list[str]] = list,
        listed: Callable[[str], Collection[str]] = lambda _site: (),
    ) -> None:
        """What answers are made from.

        Args:
            counted_until: moment up to which arrived hits are in the counters, seconds since 1970.
            warnings: what is wrong with the appliance, one sentence each.
            listed: pages of a site's sitemap, as they are counted.
        """
        self._k = settings.privacy.k
        self._clock = clock
        self._reports = reports
        self._pair_reports = pair_reports
        self._counted_until = counted_until
        self._warnings = warnings
        self._listed = listed

    def answer(self, question: Question, site: SiteSettings) -> Answer:
        """Answer one question about one site.

        Raises:
            QueryError: it cannot be answered.
            UnavailableError: ClickHouse is away.
        """
        plan = make_plan(question)
        _check_properties(plan, site)
        today, _ = local_day_hour(self._clock(), site.timezone)
        days = parse_range(question.date_range, today, lambda: self._reports.first_day(site.id))
        labels = _labels(plan.time, days, site.timezone) if question.include.time_labels and plan.time else None
        data_as_of = self._counted_until()
        with self._reports.reading():
            found = self._rows(plan, site, days)
        rows = found.rows
        for sort in reversed(plan.sorts):
            rows.sort(key=_sort_key(plan, sort.name), reverse=sort.descending)
        per_day = plan.time is not None or days.n_days == 1
        meta = Meta(
            visitors="exact" if per_day else "daily_sum",
            data_as_of=datetime.fromtimestamp(data_as_of, UTC).isoformat(timespec="seconds"),
            includes_today=days.first <= today <= days.last,
            open_visits=found.open_visits,
            hidden=found.hidden,
            lower_bounds=[row for row in (OTHER, NOT_SET) if any(row in one.dimensions for one in rows)] or None,
            summed_values=found.summed_values or None,
            partial=found.partial or None,
            time_labels=labels,
            total_rows=len(rows) if question.include.total_rows else None,
            warnings=self._warnings() or None,
        )
        page = rows[plan.offset : plan.offset + plan.limit]
        return Answer(page, meta, _as_understood(question, plan, days))

    def _rows(self, plan: Plan, site: SiteSettings, days: DateRange) -> Found:
        if plan.attributes:
            return self._attribute_rows(plan, site, days)
        if plan.time is TimeDimension.HOUR:
            by_hour = self._reports.totals_by_hour(site.id, days)
            return Found([make_row(plan, _hour(*key), (), c, Around(c, is_total=True)) for key, c in by_hour.items()])
        if plan.time is TimeDimension.DAY:
            by_day = self._reports.totals_by_day(site.id, days)
            return Found(
                [make_row(plan, day.isoformat(), (), c, Around(c, is_total=True)) for day, c in by_day.items()]
            )
        totals = self._reports.totals(site.id, days)
        row = make_row(plan, "", (), totals, Around(totals, is_total=True))
        return Found([row], open_visits=totals.visits - totals.closed)

    def _attribute_rows(self, plan: Plan, site: SiteSettings, days: DateRange) -> Found:
        one, *others = plan.attributes
        everybody = self._everybody(plan, site, days)
        cells = self._cells(one, plan, site, days)
        if not others:
            ended = self._cells(_ENTRY_PAGE, plan, site, days) if needs_entries(plan) else cells
            return single_rows(plan, cells, ended.shown, everybody, self._k)
        (other,) = others
        pairs = self._pairs((one, other), plan, site, days)
        entered = pairs
        if needs_entries(plan):
            first, second = (_ENTRY_PAGE if a.dimension is Dimension.PAGE else a for a in (one, other))
            entered = self._pairs((first, second), plan, site, days)
        found = PairCells(pairs, entered, cells, self._cells(other, plan, site, days))
        return pair_rows(plan, found, everybody, self._k)

    def _everybody(self, plan: Plan, site: SiteSettings, days: DateRange) -> Mapping[date | None, Counters]:
        """Totals by day, or under None those of the whole range; nothing if no metric needs them."""
        if not needs_totals(plan):
            return {}
        if plan.time is TimeDimension.DAY:
            return dict[date | None, Counters](self._reports.totals_by_day(site.id, days).items())
        return {None: self._reports.totals(site.id, days)}

    def _cells(self, attribute: Attribute, plan: Plan, site: SiteSettings, days: DateRange) -> Cells:
        dimension = attribute.dimension
        admits = admission(dimension, site, self._listed(site.id)).admits
        by_day = plan.time is TimeDimension.DAY
        prefix = property_value(attribute.key, "") if attribute.key else ""
        return self._reports.cells(site.id, days, dimension, admits, self._k, by_day=by_day, prefix=prefix)

    def _pairs(
        self, table: tuple[Attribute, Attribute], plan: Plan, site: SiteSettings, days: DateRange
    ) -> Mapping[PairKey, Counters]:
        rules = Rules(self._k, admitter(site, self._listed(site.id)))
        open_days = self._reports.open_days(site.id, days)
        by_day = plan.time is TimeDimension.DAY
        return self._pair_reports.pairs(site.id, days, table, open_days, rules, by_day=by_day)


def _check_properties(plan: Plan, site: SiteSettings) -> None:
    keys = [*(declared.key for declared in site.properties), *sorted(OWN_KEYS)]
    for attribute in plan.attributes:
        if attribute.key and attribute.key not in keys:
            there = ", ".join(keys)
            raise QueryError(f'"{attribute.key[:60]}" is no property of this site; there are {there}')


def _sort_key(plan: Plan, name: str) -> Callable[[Row], Any]:
    if name in plan.dimensions:
        position = plan.dimensions.index(name)
        return lambda row: row.dimensions[position]
    position = [*plan.metrics].index(name)  # type: ignore[arg-type]
    return lambda row: -1 if row.metrics[position] is None else row.metrics[position]


def _hour(day: date, hour: int) -> str:
    return f"{day.isoformat()} {hour:02d}:00:00"


def _labels(time: TimeDimension, days: DateRange, timezone: str) -> list[str]:
    if time is TimeDimension.DAY:
        return [day.isoformat() for day in days.days()]
    if days.n_days > _MAX_HOUR_LABEL_DAYS:
        raise QueryError(f"time_labels of time:hour are given for {_MAX_HOUR_LABEL_DAYS} days at most")
    return [_hour(day, hour) for day in days.days() for hour in hours(day, timezone)]


def _as_understood(question: Question, plan: Plan, days: DateRange) -> dict[str, Any]:
    """The question with everything filled in, as Plausible's clients expect it back."""
    return {
        "site_id": question.site_id,
        "metrics": [str(name) for name in plan.metrics],
        "date_range": [days.first.isoformat(), days.last.isoformat()],
        "filters": question.filters,
        "dimensions": list(plan.dimensions),
        "order_by": [[sort.name, "desc" if sort.descending else "asc"] for sort in plan.sorts],
        "include": {"time_labels": question.include.time_labels, "total_rows": question.include.total_rows},
        "pagination": {"limit": plan.limit, "offset": plan.offset},
    }

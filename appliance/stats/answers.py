"""Runs a plan and makes the answer: rows, order, page, and what the reader must know of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache, partial, reduce
from typing import Any

import msgspec

from appliance.admission import admission, admitter
from appliance.clock import Clock, local_day_hour
from appliance.dimensions import Dimension
from appliance.errors import QueryError
from appliance.events import property_value
from appliance.settings import Settings, SiteSettings
from appliance.stats.compared_rows import compared_meta, compared_rows
from appliance.stats.comparisons import compared_range
from appliance.stats.contract import (
    NOT_SET,
    OTHER,
    Answer,
    Meta,
    Metric,
    Question,
    TimeDimension,
)
from appliance.stats.counters import NOTHING, Counters, plus
from appliance.stats.day_marks import DayMarks
from appliance.stats.days import Days
from appliance.stats.filters import Attribute
from appliance.stats.hour_ranges import HourRange, parse_hours
from appliance.stats.open_pairs import needed
from appliance.stats.open_reads import OpenTables
from appliance.stats.pair_reports import PairKey, PairReports
from appliance.stats.periods import add_labelled, fitting, label_of, periods, reading
from appliance.stats.plan import Plan, make_plan, needs_entries, needs_exits, needs_totals
from appliance.stats.ranges import DateRange, hours, parse_range
from appliance.stats.reports import Cells, Reports
from appliance.stats.rows import (
    Beside,
    Draft,
    Found,
    PairCells,
    as_row,
    labels,
    names,
    pair_rows,
    single_rows,
    total_row,
)
from appliance.targets import OWN_KEYS
from appliance.warehouse.fold.day import Rules, TableName

_PAGE = Attribute(Dimension.PAGE)
_ENTRY_PAGE = Attribute(Dimension.ENTRY_PAGE)
_EXIT_PAGE = Attribute(Dimension.EXIT_PAGE)
_MAX_HOUR_LABEL_DAYS = 366
_MAX_MONTHS = 60
"""So that an answer stays short."""


class Answers:
    """Answers questions about configured sites. Blocks its thread while ClickHouse works."""

    def __init__(
        self,
        settings: Settings,
        clock: Clock,
        reports: Reports,
        pair_reports: PairReports,
        counted_until: Callable[[], float],
        marks: DayMarks,
        listed: Callable[[str], Collection[str]] = lambda _site: (),
    ) -> None:
        """What answers are made from.

        Args:
            counted_until: moment up to which arrived hits are in the counters, seconds since 1970.
            listed: pages of a site's sitemap, as they are counted.
        """
        self._k = settings.privacy.k
        self._clock = clock
        self._reports = reports
        self._pair_reports = pair_reports
        self._counted_until = counted_until
        self._marks = marks
        self._listed = listed

    def answer(self, question: Question, site: SiteSettings) -> Answer:
        """Answer one question about one site.

        Raises:
            QueryError: it cannot be answered.
            UnavailableError: ClickHouse is away.
        """
        plan = make_plan(question)
        _check_properties(plan, site)
        now = self._clock()
        today, _ = local_day_hour(now, site.timezone)
        within = parse_hours(question.date_range, now, site.timezone)
        parse: Callable[[str | list[str]], DateRange] = lambda asked: parse_range(  # noqa: E731
            asked, today, lambda: self._reports.first_day(site.id)
        )
        within = within or parse(question.date_range)
        plan = _timed(plan, within)
        other = _other_range(question, within, parse)
        days = within.days if isinstance(within, HourRange) else within
        time_labels = _labels(plan, within, site.timezone) if question.include.time_labels else None
        marks = self._marks.of(site, [days, other] if other else [days])
        data_as_of = self._counted_until()
        with self._reports.reading():
            found = self._rows(plan, site, within)
            before = self._rows(plan, site, other) if other else None
        rows = found.rows
        for sort in reversed(plan.sorts):
            rows.sort(key=_sort_key(plan, sort.name), reverse=sort.descending)
        values = labels(rows)
        meta = Meta(
            visitors=_kind_of_visitors(plan, within),
            data_as_of=datetime.fromtimestamp(data_as_of, UTC).isoformat(timespec="seconds"),
            includes_today=days.first <= today <= days.last,
            open_visits=found.open_visits,
            hidden=found.hidden,
            lower_bounds=[row for row in (OTHER, NOT_SET) if row in values] or None,
            summed_values=found.summed_values or None,
            partial=found.partial or None,
            time_labels=time_labels,
            total_rows=len(rows) if question.include.total_rows else None,
            imports_included=False if question.include.imports else None,
            comparison=compared_meta(other, before) if other and before else None,
            **marks._asdict(),
        )
        page = [as_row(plan, row) for row in rows[plan.offset : plan.offset + plan.limit]]
        if other and before and isinstance(within, DateRange):
            page = compared_rows(plan, page, within, other, before.rows)
        return Answer(page, meta, _as_understood(question, plan, within))

    def _rows(self, plan: Plan, site: SiteSettings, within: DateRange | HourRange) -> Found:
        if isinstance(within, HourRange) or plan.time is TimeDimension.HOUR:
            return self._hour_rows(plan, site, within)
        if plan.attributes:
            return self._attribute_rows(plan, site, within)
        if plan.time:
            by_period = _totals(plan, self._reports.days(site.id, within))
            return Found([total_row(str(label), counters) for label, counters in by_period.items()])
        totals = self._reports.totals(site.id, within)
        return Found([total_row("", totals)], open_visits=totals.visits - totals.closed)

    def _hour_rows(self, plan: Plan, site: SiteSettings, within: DateRange | HourRange) -> Found:
        if isinstance(within, DateRange):
            by_hour = self._reports.totals_by_hour(site.id, within)
        else:
            found = self._reports.totals_by_hour(site.id, within.days)
            by_hour = {hour: counters for hour, counters in found.items() if within.has(hour)}
        if plan.time:
            return Found([total_row(_hour(*hour), counters) for hour, counters in by_hour.items()])
        totals = reduce(plus, by_hour.values(), NOTHING)
        return Found([total_row("", totals)], open_visits=totals.visits - totals.closed)

    def _attribute_rows(self, plan: Plan, site: SiteSettings, within: DateRange) -> Found:
        one, *others = plan.attributes
        days = self._reports.days(site.id, within)
        opened = self._reports.open_tables(site.id, days, _tables(plan))
        everybody = _everybody(plan, days)
        if not others:
            cells = self._cells(one, plan, site, days, opened)
            ended = self._cells(_ENTRY_PAGE, plan, site, days, opened) if needs_entries(plan) else cells
            left = self._cells(_EXIT_PAGE, plan, site, days, opened).shown if needs_exits(plan) else {}
            return single_rows(plan, cells, Beside(ended.shown, left), everybody, self._k)

        def pairs(instead_of_page: Attribute) -> Mapping[PairKey, Counters]:
            by_asked = {a: instead_of_page if a == _PAGE else a for a in plan.attributes}
            one, other = by_asked.values()
            only = {by_asked[a]: plan.named(a) for a in by_asked}
            return self._pairs((one, other), plan, site, days, only, opened)

        plain = pairs(_PAGE)
        beside = Beside(
            pairs(_ENTRY_PAGE) if needs_entries(plan) else plain, pairs(_EXIT_PAGE) if needs_exits(plan) else {}
        )
        of_other = self._cells(others[0], plan, site, days, opened)
        hidden = of_other.hidden + self._reports.hidden(*self._look(one, site, days), opened=opened)
        of_one = cache(partial(self._cells, one, plan, site, days, opened))
        return pair_rows(plan, PairCells(plain, beside, of_one, of_other, hidden), everybody, self._k)

    def _look(
        self, attribute: Attribute, site: SiteSettings, days: Days
    ) -> tuple[str, Days, Dimension, Callable[[str], bool], int, str]:
        """What `Reports` needs to know of an attribute: site, days, dimension, what is public, threshold, prefix."""
        dimension = attribute.dimension
        admits = admission(dimension, site, self._listed(site.id)).admits
        return site.id, days, dimension, admits, self._k, property_value(attribute.key, "") if attribute.key else ""

    def _cells(self, attribute: Attribute, plan: Plan, site: SiteSettings, days: Days, opened: OpenTables) -> Cells:
        step, label = reading(plan.time, days.within)
        named = plan.named(_PAGE if attribute in (_ENTRY_PAGE, _EXIT_PAGE) and _PAGE in plan.attributes else attribute)
        read = self._reports.cells(*self._look(attribute, site, days), step=step, named=named, opened=opened)
        if label is None:
            return read
        shown: dict[tuple[date | None, str], Counters] = {}
        other: dict[tuple[date | None], Counters] = {}
        add_labelled(shown, read.shown, label)
        add_labelled(other, {(at,): counters for at, counters in read.other.items()}, label)
        return Cells(shown, read.hidden, {at: counters for (at,), counters in other.items()})

    def _pairs(
        self,
        table: tuple[Attribute, Attribute],
        plan: Plan,
        site: SiteSettings,
        days: Days,
        only: Mapping[Attribute, Sequence[str]],
        opened: OpenTables,
    ) -> Mapping[PairKey, Counters]:
        rules = Rules(self._k, admitter(site, self._listed(site.id)))
        step, label = reading(plan.time, days.within)
        read = self._pair_reports.pairs(site.id, days, table, rules, step=step, only=only, opened=opened)
        if label is None:
            return read
        found: dict[PairKey, Counters] = {}
        add_labelled(found, read, label)
        return found


def _tables(plan: Plan) -> list[TableName]:
    """All tables of a running day that the answer is made from."""
    instead = [_PAGE, *([_ENTRY_PAGE] if needs_entries(plan) else []), *([_EXIT_PAGE] if needs_exits(plan) else [])]
    looks = [[page if one == _PAGE else one for one in plan.attributes] for page in instead]
    singles = [(one.dimension, Dimension.NONE) for look in looks for one in look]
    pairs = [tuple(one.dimension for one in sorted(look)) for look in looks if len(look) > 1]
    return [*singles, *(table for one, other in pairs for table in needed((one, other)))]


def _everybody(plan: Plan, days: Days) -> Mapping[date | None, Counters]:
    """Totals by their label, or under None those of the whole range; nothing if no metric needs them."""
    if not needs_totals(plan):
        return {}
    if plan.time:
        return dict[date | None, Counters](_totals(plan, days).items())
    return {None: reduce(plus, days.totals.values(), NOTHING)}


def _totals(plan: Plan, days: Days) -> dict[date, Counters]:
    """Totals of each period that has any, by its label."""
    label = label_of(plan.time, days.within)
    found: dict[tuple[date], Counters] = {}
    add_labelled(found, {(day,): counters for day, counters in days.totals.items()}, label)
    return {day: counters for (day,), counters in found.items()}


def _timed(plan: Plan, within: DateRange | HourRange) -> Plan:
    """The plan with the time that `time` stands for; raises QueryError where there are no hours."""
    if isinstance(within, DateRange):
        if plan.time is TimeDimension.FITTING:
            plan = plan._replace(time=fitting(within, by_hour=not plan.attributes))
        if plan.time is TimeDimension.MONTH and plan.attributes and within.n_days > _MAX_MONTHS * 31:
            raise QueryError(f"{plan.time} with a dimension or a filter is answered for {_MAX_MONTHS} months at most")
        return plan
    if plan.attributes:
        raise QueryError("date_range: hours are counted for totals only; with a dimension or a filter ask for days")
    if plan.time not in (None, TimeDimension.HOUR, TimeDimension.FITTING):
        raise QueryError(f"date_range: {plan.time} needs whole days; ask by time:hour, or for days")
    return plan._replace(time=TimeDimension.HOUR if plan.time else None)


def _other_range(
    question: Question, within: DateRange | HourRange, parse: Callable[[str | list[str]], DateRange]
) -> DateRange | None:
    asked = question.include.comparisons
    if asked is None:
        return None
    if isinstance(within, HourRange):
        raise QueryError("include.comparisons: whole days are compared, not hours; ask for days")
    return compared_range(asked, within, parse)


def _kind_of_visitors(plan: Plan, within: DateRange | HourRange) -> str:
    if plan.time in (TimeDimension.HOUR, TimeDimension.DAY):
        return "exact"
    if isinstance(within, HourRange):
        return "exact" if within.first == within.last else "hourly_sum"
    return "exact" if within.n_days == 1 else "daily_sum"


def _check_properties(plan: Plan, site: SiteSettings) -> None:
    keys = [*(declared.key for declared in site.properties), *sorted(OWN_KEYS)]
    for attribute in plan.attributes:
        if attribute.key and attribute.key not in keys:
            there = ", ".join(keys)
            raise QueryError(f'"{attribute.key[:60]}" is no property of this site; there are {there}')


def _sort_key(plan: Plan, name: str) -> Callable[[Draft], Any]:
    if name in plan.dimensions:
        position = plan.dimensions.index(name)
        return lambda row: names(plan, row)[position]

    def number(row: Draft) -> int | float:
        found = row.metric(Metric(name))
        return -1 if found is None else found

    return number


def _hour(day: date, hour: int) -> str:
    return f"{day.isoformat()} {hour:02d}:00:00"


def _labels(plan: Plan, within: DateRange | HourRange, timezone: str) -> list[str]:
    if plan.time is None:
        raise QueryError("include.time_labels needs a time dimension, such as time:day")
    if isinstance(within, HourRange):
        return [_hour(*hour) for hour in within.hours(timezone)]
    if plan.time is not TimeDimension.HOUR:
        return [period.label.isoformat() for period in periods(plan.time, within)]
    if within.n_days > _MAX_HOUR_LABEL_DAYS:
        raise QueryError(f"time_labels of time:hour are given for {_MAX_HOUR_LABEL_DAYS} days at most")
    return [_hour(day, hour) for day in within.days() for hour in hours(day, timezone)]


def _as_understood(question: Question, plan: Plan, within: DateRange | HourRange) -> dict[str, Any]:
    """The question with everything filled in, as Plausible's clients expect it back."""
    ends = (within.start, within.end) if isinstance(within, HourRange) else within
    return {
        "site_id": question.site_id,
        "metrics": [str(name) for name in plan.metrics],
        "date_range": [end.isoformat() for end in ends],
        "filters": question.filters,
        "dimensions": list(plan.dimensions),
        "order_by": [[sort.name, "desc" if sort.descending else "asc"] for sort in plan.sorts],
        "include": msgspec.to_builtins(question.include),
        "pagination": {"limit": plan.limit, "offset": plan.offset},
    }

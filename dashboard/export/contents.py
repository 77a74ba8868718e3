"""Which tables the file of everything has, and what it says about itself. Pure."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from appliance.stats.contract import (
    ATTRIBUTE_DEFINITIONS,
    DEFINITIONS,
    TIME_DEFINITIONS,
    UNITS,
    Include,
    Meta,
    Pagination,
    Question,
)
from dashboard import definitions, marks, questions
from dashboard.figures import FIGURES
from dashboard.filters import Filter
from dashboard.panels import Kind, Report, attribute_name, panels_of, why_not
from dashboard.view import INTERVALS, View

_UNSAFE = re.compile(r"[^a-z0-9]+")
_COLUMNS = {
    Kind.FUNNEL: (
        ("label", definitions.FIGURES[definitions.STEP]),
        ("visitors", definitions.FIGURES[definitions.VISITORS_OF_STEP]),
        ("at_least", "True: there may be more; a number that would tell of few visitors is rounded down."),
        ("conversion_rate", definitions.FIGURES[definitions.OF_FIRST]),
        ("drop_off", definitions.FIGURES[definitions.LEFT]),
        ("drop_off_rate", "The same in percent of those of the step before."),
    ),
    Kind.WAYS: (
        ("previous, page", definitions.FIGURES[definitions.WAY]),
        ("visitors", "Different visitors of a day who went this way. Days are added up."),
        ("visits", definitions.FIGURES[definitions.VISITS_OF_WAY]),
        ("pageviews", definitions.FIGURES[definitions.TIMES]),
    ),
}
"""What the columns of tables of their own mean."""


@dataclass(frozen=True)
class Planned:
    """One table of the file, or why it is not there."""

    name: str
    """Of the file, such as `sources-channels.csv`."""
    title: str
    kind: Kind = Kind.VALUES
    question: Question | None = None
    """Of values."""
    why_not: str = ""


@dataclass(frozen=True)
class Written:
    """What became of a planned table."""

    planned: Planned
    meta: Meta | None = None
    why_not: str = ""


def planned(view: View) -> list[Planned]:
    """All tables of a view in the order of the report; names are safe and differ."""
    totals = questions.totals(view)
    found = [
        Planned("totals.csv", "Numbers of the period", question=totals),
        Planned("over-time.csv", f"The same by {view.shown_interval[:-1].lower()}", question=_over_time(view)),
    ]
    funnels = False
    for card in panels_of(view.site):
        for report in card.reports:
            if report.kind in (Kind.BEFORE, Kind.AFTER) or (report.kind is Kind.FUNNEL and funnels):
                continue
            funnels = funnels or report.kind is Kind.FUNNEL
            found.append(_list(view, card.title, report))
    return [replace(one, name=name) for one, name in zip(found, _different(one.name for one in found), strict=True)]


def _over_time(view: View) -> Question:
    metrics = questions.totals(view).metrics
    by = INTERVALS[view.shown_interval]
    return Question(view.site.id, metrics, view.period.asked, [str(by)], questions.totals(view).filters)


def _list(view: View, card: str, report: Report) -> Planned:
    is_all = report.kind is not Kind.VALUES
    title = card if is_all or report.tab == card else f"{card}: {report.tab}"
    about = f"{title} of visitors on their first visit of the day" if report.only else title
    why = why_not(report, [] if report.kind is Kind.WAYS else view.filters)
    if report.kind is Kind.WAYS and view.filters:
        why = "Ways from page to page are counted for the whole site; remove the filters to have them."
    name = f"{_UNSAFE.sub('-', title.lower()).strip('-') or 'list'}.csv"
    if why or is_all:
        return Planned(name, title, report.kind, why_not=why)
    asked = questions.values(view, report)
    everything = Question(
        asked.site_id,
        asked.metrics,
        asked.date_range,
        asked.dimensions,
        asked.filters,
        include=Include(comparisons=view.compare, total_rows=True),
        pagination=Pagination(),
    )
    return Planned(name, about, question=everything)


def _different(names: Iterable[str]) -> Iterator[str]:
    seen: dict[str, int] = {}
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        yield name if seen[name] == 1 else f"{name.removesuffix('.csv')}-{seen[name]}.csv"


def readme(view: View, written: Sequence[Written], now: float) -> str:
    """The text beside the tables: what they are, how to read them, what every column means."""
    made = datetime.fromtimestamp(now, UTC)
    lines = [
        f"Report of {view.site.id}",
        "",
        f"Period: {_words(view)}",
        f"Days and hours are those of {view.site.timezone}.",
        f"Compared with: {_compared(written)}",
        *_from_logs(written),
        *(["Filters:"] if view.filters else ["Filters: none"]),
        *(f"  {_filter(one)}" for one in view.filters),
        f"Made: {made:%Y-%m-%d %H:%M} UTC",
        "",
        "Tables (UTF-8, commas between, names of columns in the first line)",
        "",
    ]
    for one in written:
        lines += [one.planned.name, f"  {one.planned.title}.", *(f"  {text}" for text in _notes(one)), ""]
    return "\r\n".join([*lines, *_definitions(written)]) + "\r\n"


def _filter(one: Filter) -> str:
    value = " ".join(one.value.split())  # anybody's text, and each filter has one line
    return f"{one.operator.replace('_', ' ')}: {attribute_name(one.attribute)} = {value}"


def _words(view: View) -> str:
    asked = view.period.asked
    if isinstance(asked, list):
        return asked[0] if asked[0] == asked[-1] else f"{asked[0]} to {asked[-1]}"
    first = view.period.first or "the first day with a hit"
    return f"{first} to {view.period.last}" + (", which is not over yet" if view.period.includes_today else "")


def _compared(written: Sequence[Written]) -> str:
    ranges = (one.meta.comparison.date_range for one in written if one.meta and one.meta.comparison)
    found = next(ranges, None)
    return f"{found[0]} to {found[-1]}" if found else "nothing"


def _from_logs(written: Sequence[Written]) -> list[str]:
    said = (marks.from_logs(one.meta) for one in written if one.meta)
    return [sentence for sentence in said if sentence][:1]


def _notes(one: Written) -> Iterator[str]:
    if one.why_not:
        yield f"Not here: {one.why_not}"
    if one.meta is None:
        return
    if one.meta.visitors == "daily_sum":
        yield "Visitors are counted for each day and added up: who comes on two days counts twice."
    if one.meta.open_visits:
        yield f"{one.meta.open_visits:,} visits are under way; bounce rate and duration are those of the others."
    if one.meta.hidden:
        yield f"What fewer than {one.meta.hidden.threshold} visitors of a day had is left out."
    if one.meta.lower_bounds:
        yield f'Visitors are "at least" in the rows {", ".join(one.meta.lower_bounds)}.'
    if one.meta.partial:
        yield 'All numbers are "at least": what few visitors of a day had together is not counted in.'
    if one.meta.summed_values:
        yield "Several values are added up: visitors who had two of them count twice."
    total = one.meta.total_rows or 0
    if total > Pagination().limit:
        yield f"The first {Pagination().limit:,} of {total:,} rows."


def _definitions(written: Sequence[Written]) -> Iterator[str]:
    asked = [one.planned.question for one in written if one.planned.question and not one.why_not]
    metrics = dict.fromkeys(metric for question in asked for metric in question.metrics)
    dimensions = dict.fromkeys(name for question in asked for name in question.dimensions)
    yield "Columns"
    yield ""
    known = ATTRIBUTE_DEFINITIONS | {str(name): text for name, text in TIME_DEFINITIONS.items()}
    for name in dimensions:
        yield f"{name}: {known.get(name, known['event:props:<key>'])}"
    for name in metrics:
        unit = next(unit for metric, unit in UNITS.items() if metric == name)
        meaning = next(meaning for metric, meaning in DEFINITIONS.items() if metric == name)
        yield f"{name} ({FIGURES[name].label}): {meaning} Unit: {unit}."
    for one in written:
        if not one.why_not:
            yield from (f"{one.planned.name}, {name}: {text}" for name, text in _COLUMNS.get(one.planned.kind, ()))

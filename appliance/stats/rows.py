"""Makes rows of counters: one for each value or pair that is shown, and one for what is left. Pure."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any, NamedTuple, TypeVar

from appliance.currencies import DECIMALS
from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.stats.contract import NOT_SET, OTHER, TIMES, Hidden, Metric, Row
from appliance.stats.counters import (
    NOTHING,
    Around,
    Counters,
    Number,
    adding_up,
    is_counter,
    metric,
    minus,
    none_below_zero,
    plus,
)
from appliance.stats.filters import Attribute
from appliance.stats.pair_reports import PairKey
from appliance.stats.place_names import naming
from appliance.stats.plan import Plan
from appliance.stats.reports import Cells

_OF_WHOLE_VISITS = frozenset({Metric.BOUNCE_RATE, Metric.VISIT_DURATION})
_RATES = frozenset({Metric.CONVERSION_RATE, Metric.GROUP_CONVERSION_RATE})
_FIXED = {
    Dimension.GOAL: frozenset({Metric.CONVERSIONS}),
    Dimension.CURRENCY: frozenset({Metric.REVENUE, Metric.AVERAGE_REVENUE}),
}
"""What adds up over visits for one value of an attribute of events, beside the usual."""

_GOAL = Attribute(Dimension.GOAL)

_Day = date | None
_Labels = tuple[_Day, tuple[str, ...]]
"""Day (None for the whole range) and the values of the attributes asked for."""


_Label = TypeVar("_Label")


class Draft(NamedTuple):
    """A row of which is not known yet whether it is in the page that was asked for."""

    label: date | str | None
    """Its time, if rows have one."""
    values: tuple[str, ...]
    """Of the attributes asked for; empty where a visit had none."""
    counters: Counters
    around: Callable[[Any, tuple[str, ...], Counters], Around]
    """Gives what its metrics need beside its counters."""
    known: frozenset[Metric] | None = None
    """Metrics that say something of it; None: all."""

    def metric(self, name: Metric) -> Number:
        """One metric."""
        if self.known is not None and name not in self.known:
            return None
        if is_counter(name):
            return int(getattr(self.counters, name))
        return metric(name, self.counters, self.around(self.label, self.values, self.counters))


class Found(NamedTuple):
    """Rows before order and page."""

    rows: list[Draft]
    hidden: Hidden | None = None
    open_visits: int | None = None
    summed_values: bool = False
    """Rows add up several values that a filter let through."""
    partial: bool = False
    """What was left out is missing in rows, without a row of its own."""


class Beside(NamedTuple):
    """What is known of other visits under the keys of cells or pairs."""

    ended: Mapping[Any, Counters]
    """Visits whose bounces and durations count: of pages, those that entered there; else the cells themselves."""
    left: Mapping[Any, Counters]
    """Of pages: visits that ended there."""


class PairCells(NamedTuple):
    """What is known of two attributes, `one` and `other`, in the order of `Plan.attributes`."""

    pairs: Mapping[PairKey, Counters]
    beside: Beside
    one: Callable[[], Cells]
    """Reads them; few answers need what is known of the first attribute alone."""
    other: Cells
    hidden: int
    """Values of either that are left out of running days."""


def as_row(plan: Plan, draft: Draft) -> Row:
    """A row with all metrics."""
    around = draft.around(draft.label, draft.values, draft.counters)
    known = plan.metrics if draft.known is None else draft.known
    metrics = [metric(name, draft.counters, around) if name in known else None for name in plan.metrics]
    return Row(names(plan, draft), metrics)


def names(plan: Plan, draft: Draft) -> list[str]:
    """What each dimension shows, in the order asked for."""
    by_attribute = dict(zip(plan.asked, draft.values, strict=True))
    rest = iter(plan.shown)
    return [
        _text(draft.label) if name in TIMES else naming(name).shown(by_attribute[next(rest)] or NOT_SET)
        for name in plan.dimensions
    ]


def labels(rows: Iterable[Draft]) -> set[str]:
    """Values of all rows, `(not set)` for visits that had none."""
    return {value or NOT_SET for row in rows for value in row.values}


def total_row(label: str, counters: Counters) -> Draft:
    """A row of totals; the label is that of its time, if it has one."""
    return Draft(label, (), counters, _of_totals)


def _of_totals(_label: object, _values: tuple[str, ...], counters: Counters) -> Around:
    return Around(counters, is_total=True)


def single_rows(plan: Plan, cells: Cells, beside: Beside, everybody: Mapping[_Day, Counters], k: int) -> Found:
    """Rows of one attribute, or the sum of those of its values that a filter lets through."""
    (attribute,) = plan.attributes
    accepts = plan.acceptance(attribute)
    passing = {key: counters for key, counters in cells.shown.items() if accepts(key[1])}
    is_left_out = bool(cells.hidden or cells.other)
    if not plan.asked:
        return _summed(plan, passing, beside, everybody, is_left_out, k)

    def around(day: _Day, values: tuple[str, ...], _counters: Counters) -> Around:
        ended, left = (found.get((day, *values)) for found in beside)
        return Around(ended, everybody.get(day, NOTHING), DECIMALS.get(values[0], 0), left=left)

    def around_rest(day: _Day, _values: tuple[str, ...], counters: Counters) -> Around:
        return Around(counters, everybody.get(day, NOTHING))

    rows = [Draft(day, (value,), counters, around) for (day, value), counters in passing.items()]
    if not plan.is_filtered(attribute):
        known = adding_up(attribute.dimension)
        rest = [Draft(day, (OTHER,), counters, around_rest, known) for day, counters in cells.other.items()]
        rows = _with_rest(plan, rows, rest)
    hidden = cells.hidden or OTHER in labels(rows)
    return Found(rows, hidden=Hidden(cells.hidden, k) if hidden else None)


def _summed(
    plan: Plan,
    passing: Mapping[tuple[_Day, str], Counters],
    beside: Beside,
    everybody: Mapping[_Day, Counters],
    partial: bool,
    k: int,
) -> Found:
    sums: dict[_Day, Counters] = {} if plan.time else {None: NOTHING}
    for (day, _), counters in passing.items():
        sums[day] = plus(sums.get(day, NOTHING), counters)
    ended, left = (_summed_by(found, passing, lambda key: key[0]) for found in beside)
    decimals = _decimals(plan, ())

    def around(day: _Day, _values: tuple[str, ...], _counters: Counters) -> Around:
        return Around(ended.get(day), everybody.get(day, NOTHING), decimals, left=left.get(day))

    rows = [Draft(day, (), counters, around) for day, counters in sums.items()]
    is_partial = partial and not _names_shown(plan, {value for _, value in passing})
    return Found(
        rows,
        hidden=Hidden(0, k) if is_partial else None,
        summed_values=len({value for _, value in passing}) > 1,
        partial=is_partial,
    )


def _summed_by(
    found: Mapping[Any, Counters], keys: Iterable[Any], label: Callable[[Any], _Label]
) -> dict[_Label, Counters]:
    """Counters of the keys that are there, added up under their label."""
    sums: dict[_Label, Counters] = {}
    for key in keys:
        if key in found:
            sums[label(key)] = plus(sums.get(label(key), NOTHING), found[key])
    return sums


def _names_shown(plan: Plan, values: set[str]) -> bool:
    """Whether the filter names single values, all of which are shown."""
    return all(bool(one.values) and set(one.values) <= values for one in plan.filters)


def pair_rows(plan: Plan, cells: PairCells, everybody: Mapping[_Day, Counters], k: int) -> Found:
    """Rows of two attributes, one or both of which are asked for."""
    one, other = plan.attributes
    accepts_one, accepts_other = plan.acceptance(one), plan.acceptance(other)
    passing = [key for key in cells.pairs if accepts_one(key[1]) and accepts_other(key[2])]
    if plan.pair_filters:
        passing = [key for key in passing if plan.accepts_pair({one: key[1], other: key[2]})]
    sums: dict[_Labels, Counters] = {}
    if not plan.asked and plan.time is None:
        sums[None, ()] = NOTHING

    n_asked = len(plan.asked)

    def row_of(key: PairKey) -> _Labels:
        return key[0], (key[1], key[2])[:n_asked]

    sums |= _summed_by(cells.pairs, passing, row_of)
    ended, left_there = (_summed_by(found, passing, row_of) for found in cells.beside)
    bases = _Bases(plan, cells, everybody)

    def around(day: _Day, values: tuple[str, ...], _counters: Counters) -> Around:
        at = day, values
        return bases.around(day, values, ended.get(at))._replace(left=left_there.get(at))

    rows = [Draft(day, values, counters, around) for (day, values), counters in sums.items()]
    left_over = _left_over(plan, cells).items()
    rows = _with_rest(
        plan, rows, [Draft(day, values, left, bases.around, known) for (day, values), (left, known) in left_over]
    )
    has_other_rows = OTHER in labels(rows)
    is_partial = not has_other_rows and _something_is_missing(plan, cells)
    by_one = {key[2] for key in passing} if len(plan.asked) < 2 else set()
    return Found(
        rows,
        hidden=Hidden(cells.hidden, k) if cells.hidden or has_other_rows or is_partial else None,
        summed_values=len(by_one) > 1 or (not plan.asked and len({key[1] for key in passing}) > 1),
        partial=is_partial,
    )


class _Bases:
    """What metrics compare the rows with."""

    def __init__(self, plan: Plan, cells: PairCells, everybody: Mapping[_Day, Counters]) -> None:
        self._plan = plan
        self._everybody = everybody
        one, other = plan.attributes
        self._whole = everybody if len(plan.asked) == 2 else _matched(plan, other, cells.other)
        self._able = everybody
        self._of_beside: Mapping[tuple[_Day, str], Counters] = {}
        self._beside_at = None
        if not _RATES.intersection(plan.metrics):
            return
        beside, of_beside = (other, cells.other) if one == _GOAL else (one, cells.one())
        # Who reached a goal had its properties, and nobody else could have had them.
        if plan.is_filtered(beside) and beside.dimension is not Dimension.PROPS:
            self._able = _matched(plan, beside, of_beside)
        self._of_beside = of_beside.shown
        self._beside_at = plan.asked.index(beside) if beside in plan.asked else None

    def around(self, day: _Day, values: tuple[str, ...], ended: Counters | None) -> Around:
        """For the row with these values."""
        able = self._able.get(day, NOTHING)
        group = able
        if self._beside_at is not None:
            group = self._of_beside.get((day, values[self._beside_at]), NOTHING)
        whole = self._whole.get(day, NOTHING)
        return Around(ended, whole, _decimals(self._plan, values), able=able, group=group)


def _matched(plan: Plan, attribute: Attribute, cells: Cells) -> dict[_Day, Counters]:
    """Sums over the values of an attribute that pass its filters."""
    sums: dict[_Day, Counters] = {}
    accepts = plan.acceptance(attribute)
    for (day, value), counters in cells.shown.items():
        if accepts(value):
            sums[day] = plus(sums.get(day, NOTHING), counters)
    return sums


def _left_over(plan: Plan, cells: PairCells) -> dict[_Labels, tuple[Counters, frozenset[Metric]]]:
    """What single values have beyond their shown pairs, and the metrics that say something of it."""
    one, other = plan.attributes
    left: dict[_Labels, tuple[Counters, frozenset[Metric]]] = {}
    if len(plan.asked) == 2 and not plan.is_filtered(other) and adding_up(other.dimension):
        known = _known(one.dimension, other.dimension)
        for (day, value), counters in _slices(plan, one, cells.one(), cells.pairs, 1).items():
            left[day, (value, OTHER)] = counters, known
        if not plan.is_filtered(one) and adding_up(one.dimension):
            for day, counters in cells.one().other.items():
                left[day, (OTHER, OTHER)] = counters, adding_up(one.dimension) & adding_up(other.dimension)
    elif plan.asked and not plan.is_filtered(one) and adding_up(one.dimension):
        known = _known(other.dimension, one.dimension)
        slices = _slices(plan, other, cells.other, cells.pairs, 2)
        for (day, value), counters in slices.items():
            labels = (day, (OTHER, value) if len(plan.asked) == 2 else (OTHER,))
            before = left[labels][0] if labels in left else NOTHING
            left[labels] = plus(before, counters), known
    return left


def _slices(
    plan: Plan, attribute: Attribute, cells: Cells, pairs: Mapping[PairKey, Counters], at: int
) -> dict[tuple[_Day, str], Counters]:
    """Of each value that passes, what it has beyond its shown pairs; `at` is its place in their keys."""
    accepts = plan.acceptance(attribute)
    rest = {key: counters for key, counters in cells.shown.items() if accepts(key[1])}
    for key, counters in pairs.items():
        place: tuple[Any, Any] = (key[0], key[at])
        if place in rest:
            rest[place] = minus(rest[place], counters)
    return {key: none_below_zero(counters) for key, counters in rest.items()}


def _something_is_missing(plan: Plan, cells: PairCells) -> bool:
    one, _ = plan.attributes
    if cells.other.other or cells.hidden or cells.one().other:
        return True
    slices = _slices(plan, one, cells.one(), cells.pairs, 1)
    return any(counters.events or counters.visits for counters in slices.values())


def _known(fixed: Dimension, spread: Dimension) -> frozenset[Metric]:
    """Metrics that add up over the values of `spread` for one value of `fixed`."""
    known = adding_up(spread)
    if TRAITS[fixed].scope is Scope.EVENT:
        known -= _OF_WHOLE_VISITS
        if TRAITS[spread].scope is Scope.VISIT and fixed in _FIXED:
            known |= _FIXED[fixed]
    return known


def _with_rest(plan: Plan, rows: Iterable[Draft], rests: Iterable[Draft]) -> list[Draft]:
    """Rows and what is left over. Values beyond the limits are counted as "(other)" too: both are one row then."""
    found = {(row.label, row.values): row for row in rows}
    for rest in rests:
        if _says_something(plan, rest):
            name = rest.label, rest.values
            found[name] = rest._replace(counters=plus(found[name].counters, rest.counters)) if name in found else rest
    return list(found.values())


def _says_something(plan: Plan, rest: Draft) -> bool:
    """Whether any metric of what is left over is known and not nothing."""
    return any(rest.metric(name) for name in plan.metrics)


def _decimals(plan: Plan, values: tuple[str, ...]) -> int:
    """Digits behind the point of the row's currency."""
    currency = Attribute(Dimension.CURRENCY)
    if currency in plan.asked and values:
        return DECIMALS.get(values[plan.asked.index(currency)], 0)
    named = [one.values for one in plan.filters if one.attribute == currency and one.values]
    return DECIMALS.get(named[0][0], 0) if named else 0


def _text(label: date | str | None) -> str:
    return label if isinstance(label, str) else label.isoformat() if label else ""

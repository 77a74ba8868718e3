"""Checks a question and turns it into a plan that the reports can run. Pure."""

import re
from collections.abc import Callable, Mapping
from typing import NamedTuple

import msgspec

from appliance.dimensions import TRAITS, Dimension, Scope
from appliance.errors import QueryError
from appliance.stats.contract import MAX_LIMIT, Comparisons, Include, Metric, Pagination, Question, TimeDimension
from appliance.stats.counters import adding_up
from appliance.stats.filters import Attribute, Filter, PairFilter, read_attribute, read_filters

_decode = msgspec.json.Decoder(Question).decode
_OF_WHOLE_VISITS = frozenset({Metric.BOUNCE_RATE, Metric.VISIT_DURATION})
_ONLY_BY = {
    Metric.TIME_ON_PAGE: Dimension.PAGE,
    Metric.SCROLL_DEPTH: Dimension.PAGE,
    Metric.ENTRIES: Dimension.PAGE,
    Metric.EXITS: Dimension.PAGE,
    Metric.CONVERSIONS: Dimension.GOAL,
    Metric.CONVERSION_RATE: Dimension.GOAL,
    Metric.GROUP_CONVERSION_RATE: Dimension.GOAL,
    Metric.REVENUE: Dimension.CURRENCY,
    Metric.AVERAGE_REVENUE: Dimension.CURRENCY,
}
"""Metrics that one dimension alone has."""
_OF_EVERYBODY = frozenset({Metric.CONVERSION_RATE, Metric.GROUP_CONVERSION_RATE, Metric.PERCENTAGE})
_AMOUNTS = frozenset({Metric.REVENUE, Metric.AVERAGE_REVENUE})
_OF_PAGES = frozenset({Metric.TIME_ON_PAGE, Metric.SCROLL_DEPTH, Metric.ENTRIES, Metric.EXITS})
_OF_ENTRIES = _OF_WHOLE_VISITS | {Metric.ENTRIES}
_SAME_TWICE = frozenset(
    {
        (Dimension.COUNTRY, Dimension.REGION),
        (Dimension.COUNTRY, Dimension.CITY),
        (Dimension.REGION, Dimension.CITY),
        (Dimension.BROWSER, Dimension.BROWSER_VERSION),
        (Dimension.OS, Dimension.OS_VERSION),
    }
)
"""Pairs that are not counted, as in the view pair_cells."""
_MAX_ATTRIBUTES = 2
_MAX_SORTS = 10
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$(?:\.\w+)*?\.(\w+)`)?", re.DOTALL)
_FIELDS = {
    "comparisons": Comparisons.__struct_fields__,
    "include": Include.__struct_fields__,
    "pagination": Pagination.__struct_fields__,
}


class Sort(NamedTuple):
    """One key of the order of rows."""

    name: str
    """A metric or dimension of the question."""
    descending: bool


class Plan(NamedTuple):
    """A question that can be answered."""

    site: str
    metrics: tuple[Metric, ...]
    asked: tuple[Attribute, ...]
    """Attributes among the dimensions, in their order, each once."""
    filters: tuple[Filter, ...]
    pair_filters: tuple[PairFilter, ...]
    time: TimeDimension | None
    dimensions: tuple[str, ...]
    """As asked: attributes and at most one time, in any order."""
    shown: tuple[Attribute, ...]
    """What each dimension shows but the time, in their order."""
    sorts: tuple[Sort, ...]
    limit: int
    offset: int

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        """All that take part, two at most: those asked for, then those that are only filtered by."""
        of_pairs = [attribute for one in self.pair_filters for attribute in (one.one, one.other)]
        return tuple(dict.fromkeys((*self.asked, *(one.attribute for one in self.filters), *of_pairs)))

    def is_filtered(self, attribute: Attribute) -> bool:
        """Whether a filter looks at the attribute."""
        return bool(self.pair_filters) or any(one.attribute == attribute for one in self.filters)

    def acceptance(self, attribute: Attribute) -> Callable[[str], bool]:
        """Tells whether a value of the attribute passes the filters that look at it alone."""
        filters = [one.accepts for one in self.filters if one.attribute == attribute]
        if not filters:
            return lambda _value: True
        return filters[0] if len(filters) == 1 else lambda value: all(accepts(value) for accepts in filters)

    def named(self, attribute: Attribute) -> tuple[str, ...]:
        """The only values of the attribute that pass, if filters name them; else nothing."""
        return next((one.values for one in self.filters if one.attribute == attribute), ())

    def accepts_pair(self, values: Mapping[Attribute, str]) -> bool:
        """Whether the values of both attributes pass the filters that look at both at once."""
        return all(each.accepts(values[each.one], values[each.other]) for each in self.pair_filters)


def read_question(body: bytes) -> Question:
    """Decode a body.

    Raises:
        QueryError: not JSON, an unknown key, or a value of the wrong type; the text names it.
    """
    try:
        return _decode(body)
    except msgspec.ValidationError as error:
        raise QueryError(_complaint(str(error))) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError):
        raise QueryError("the body must be a JSON object") from None


def _complaint(text: str) -> str:
    """What msgspec found, in our words where the asker needs to know what is allowed."""
    unknown = _UNKNOWN_FIELD.fullmatch(text)
    if not unknown:
        return text.replace(" - at `$.", " - at `")
    field, parent = unknown.groups()
    allowed = ", ".join(_FIELDS.get(parent, Question.__struct_fields__))
    return f'{parent or "the question"} has no key "{field[:60]}"; there are {allowed}'


def make_plan(question: Question) -> Plan:
    """Check what was asked.

    Raises:
        QueryError: it cannot be answered; the text says why and what can.
    """
    metrics = _metrics(question.metrics)
    time, shown = _dimensions(question.dimensions)
    filters = read_filters(question.filters)
    pagination = question.pagination
    if not 1 <= pagination.limit <= MAX_LIMIT:
        raise QueryError(f"pagination.limit must be from 1 to {MAX_LIMIT}")
    if not 0 <= pagination.offset <= 2**31:
        raise QueryError("pagination.offset must not be negative")
    dimensions = tuple(question.dimensions)
    sorts = _sorts(question.order_by, metrics, dimensions) or _usual_order(metrics, dimensions)
    page = pagination.limit, pagination.offset
    filtered = filters.single, filters.pairs
    plan = Plan(
        question.site_id, metrics, tuple(dict.fromkeys(shown)), *filtered, time, dimensions, shown, sorts, *page
    )
    _check_attributes(plan.attributes, time)
    _check_pair_filters(plan)
    _check_metrics(plan)
    return plan


def _metrics(names: list[str]) -> tuple[Metric, ...]:
    if not names:
        raise QueryError("metrics must name at least one metric")
    if len(set(names)) != len(names):
        raise QueryError("metrics must name each metric once")
    for name in names:
        if name not in Metric.__members__.values():
            allowed = ", ".join(Metric)
            raise QueryError(f'metrics: "{name[:60]}" is not one of {allowed}')
    return tuple(Metric(name) for name in names)


def _dimensions(names: list[str]) -> tuple[TimeDimension | None, tuple[Attribute, ...]]:
    """The time, and the attribute of each other dimension: countries may be asked for by code and by name."""
    times = [name for name in names if name in TimeDimension.__members__.values()]
    attributes = tuple(read_attribute(name, "dimensions") for name in names if name not in times)
    if len(times) > 1:
        raise QueryError("dimensions can hold one time dimension only")
    if len(set(names)) != len(names):
        raise QueryError("dimensions must name each attribute once")
    return TimeDimension(times[0]) if times else None, attributes


def _check_attributes(attributes: tuple[Attribute, ...], time: TimeDimension | None) -> None:
    if len(attributes) > _MAX_ATTRIBUTES:
        names = ", ".join(attribute.name for attribute in attributes)
        raise QueryError(
            f"no counter knows more than two attributes of a visit, and this asks for {len(attributes)}: {names}; "
            "leave out a dimension or a filter"
        )
    if attributes and time is TimeDimension.HOUR:
        raise QueryError("time:hour is counted for totals only; with another dimension or a filter ask for time:day")
    if len(attributes) == _MAX_ATTRIBUTES:
        _check_pair(*attributes)


def _check_pair(one: Attribute, other: Attribute) -> None:
    a, b = sorted((one, other))
    if (a.dimension, b.dimension) in _SAME_TWICE:
        raise QueryError(f"{b.name} with {a.name} says the same twice and is not counted; ask for {b.name} alone")
    if b.dimension is Dimension.EXIT_PAGE and TRAITS[a.dimension].scope is Scope.EVENT:
        raise QueryError(f"{a.name} with {b.name} is not counted: the exit page is known when the visit has ended")


def _check_pair_filters(plan: Plan) -> None:
    """What "or" lets through is added up from pairs, so each event must be in one, and what it is part of known."""
    if not plan.pair_filters:
        return
    for attribute in plan.attributes:
        if not adding_up(attribute.dimension):
            raise QueryError(
                f'filters: "or" and "not" cannot combine {attribute.name} with another attribute, because not every '
                "event has one value of it; ask once for each"
            )
    for metric in plan.metrics:
        if metric in _OF_EVERYBODY:
            raise QueryError(f'{metric} has no base where "or" or "not" combines two attributes; ask for visitors')


def _check_metrics(plan: Plan) -> None:
    dimensions = [attribute.dimension for attribute in plan.attributes]
    for metric in plan.metrics:
        only = _ONLY_BY.get(metric)
        if only is not None and only not in dimensions:
            raise QueryError(f"{metric} is counted by {TRAITS[only].api_name}; ask for that dimension or filter by it")
        if metric is Metric.PERCENTAGE and not plan.asked:
            raise QueryError("percentage needs a dimension other than time")
        if metric in _OF_PAGES and any(_is_of_events(one) and one is not Dimension.PAGE for one in dimensions):
            raise QueryError(f"{metric} is counted by event:page with attributes of visits only")
        if metric in _OF_ENTRIES:
            _check_whole_visits(metric, plan.attributes)
        if metric in _AMOUNTS and not _has_one_currency(plan):
            raise QueryError(f"{metric} is not added up over currencies: ask by event:currency or for one currency")


def _check_whole_visits(metric: Metric, attributes: tuple[Attribute, ...]) -> None:
    of_events = [attribute for attribute in attributes if _is_of_events(attribute.dimension)]
    pages = [attribute for attribute in of_events if attribute.dimension is Dimension.PAGE]
    if len(of_events) > len(pages):
        name = next(attribute.name for attribute in of_events if attribute not in pages)
        raise QueryError(f"{metric} belongs to whole visits and cannot be split by {name}; ask by visit:entry_page")
    if pages and Attribute(Dimension.ENTRY_PAGE) in attributes:
        raise QueryError(f"{metric} by event:page is that of the visits that entered there; leave out visit:entry_page")


def _has_one_currency(plan: Plan) -> bool:
    currency = Attribute(Dimension.CURRENCY)
    wanted = [one for one in plan.filters if one.attribute == currency]
    return currency in plan.asked or any(len(one.values) == 1 for one in wanted)


def _is_of_events(dimension: Dimension) -> bool:
    return TRAITS[dimension].scope is Scope.EVENT


def _sorts(asked: list[list[str]], metrics: tuple[Metric, ...], dimensions: tuple[str, ...]) -> tuple[Sort, ...]:
    if len(asked) > _MAX_SORTS:
        raise QueryError(f"order_by can have {_MAX_SORTS} entries at most")
    sorts = []
    for entry in asked:
        if len(entry) != 2 or entry[1] not in ("asc", "desc"):
            raise QueryError('order_by: each entry must be ["metric or dimension", "asc" or "desc"]')
        if entry[0] not in (*metrics, *dimensions):
            raise QueryError(f'order_by: "{entry[0][:60]}" is neither among metrics nor among dimensions')
        sorts.append(Sort(entry[0], entry[1] == "desc"))
    return tuple(sorts)


def _usual_order(metrics: tuple[Metric, ...], dimensions: tuple[str, ...]) -> tuple[Sort, ...]:
    """By time if there is one, then the first metric, greatest first, as Plausible does."""
    times = tuple(Sort(name, False) for name in dimensions if name in TimeDimension.__members__.values())
    return (*times, Sort(metrics[0], True))


def needs_entries(plan: Plan) -> bool:
    """Whether numbers of the visits that entered on a page are asked for: entries, bounce rate, duration."""
    return Attribute(Dimension.PAGE) in plan.attributes and bool(_OF_ENTRIES.intersection(plan.metrics))


def needs_exits(plan: Plan) -> bool:
    """Whether the visits that ended on a page are asked for."""
    return Metric.EXITS in plan.metrics


def needs_totals(plan: Plan) -> bool:
    """Whether a metric compares the rows with everybody."""
    return bool(_OF_EVERYBODY.intersection(plan.metrics))

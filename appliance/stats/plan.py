"""Checks a question and turns it into a plan that the reports can run. Pure."""

import re
from typing import NamedTuple

import msgspec

from appliance.dimensions import BY_API_NAME, PROPERTY_PREFIX, TRAITS, Dimension, Scope
from appliance.errors import QueryError
from appliance.stats.contract import ATTRIBUTES, MAX_LIMIT, Include, Metric, Pagination, Question, TimeDimension

_decode = msgspec.json.Decoder(Question).decode
_OF_WHOLE_VISITS = frozenset({Metric.BOUNCE_RATE, Metric.VISIT_DURATION})
_ONLY_BY = {
    Metric.TIME_ON_PAGE: Dimension.PAGE,
    Metric.SCROLL_DEPTH: Dimension.PAGE,
    Metric.CONVERSIONS: Dimension.GOAL,
    Metric.CONVERSION_RATE: Dimension.GOAL,
    Metric.REVENUE: Dimension.CURRENCY,
}
"""Metrics that one dimension alone has."""
_OF_EVERYBODY = frozenset({Metric.CONVERSION_RATE, Metric.PERCENTAGE})
_MAX_SORTS = 10
_UNKNOWN_FIELD = re.compile(r"Object contains unknown field `(.*?)`(?: - at `\$\.(\w+)`)?", re.DOTALL)
_FIELDS = {"include": Include.__struct_fields__, "pagination": Pagination.__struct_fields__}


class Sort(NamedTuple):
    """One key of the order of rows."""

    name: str
    """A metric or dimension of the question."""
    descending: bool


class Plan(NamedTuple):
    """A question that can be answered."""

    site: str
    metrics: tuple[Metric, ...]
    attribute: Dimension | None
    property_key: str
    """Of `event:props:<key>`; empty for all other attributes."""
    time: TimeDimension | None
    dimensions: tuple[str, ...]
    """As asked: at most one attribute and one time, in any order."""
    sorts: tuple[Sort, ...]
    limit: int
    offset: int


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
    if question.filters:
        raise QueryError("filters cannot be answered yet; leave them out or ask for a dimension instead")
    metrics = _metrics(question.metrics)
    time, name = _dimensions(question.dimensions)
    key = name.removeprefix(PROPERTY_PREFIX) if name.startswith(PROPERTY_PREFIX) else ""
    attribute = Dimension.PROPS if key else BY_API_NAME.get(name)
    _check_metrics(metrics, attribute)
    if attribute is not None and time is TimeDimension.HOUR:
        raise QueryError("time:hour is counted for totals only; with another dimension ask for time:day")
    pagination = question.pagination
    if not 1 <= pagination.limit <= MAX_LIMIT:
        raise QueryError(f"pagination.limit must be from 1 to {MAX_LIMIT}")
    if not 0 <= pagination.offset <= 2**31:
        raise QueryError("pagination.offset must not be negative")
    dimensions = tuple(question.dimensions)
    sorts = _sorts(question.order_by, metrics, dimensions) or _usual_order(metrics, dimensions)
    return Plan(question.site_id, metrics, attribute, key, time, dimensions, sorts, pagination.limit, pagination.offset)


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


def _dimensions(names: list[str]) -> tuple[TimeDimension | None, str]:
    """The time dimension and the name of the attribute; an empty name for none."""
    times = [name for name in names if name in TimeDimension.__members__.values()]
    attributes = [name for name in names if name not in times]
    for name in attributes:
        is_property = name.startswith(PROPERTY_PREFIX) and name != PROPERTY_PREFIX
        if not is_property and name not in ATTRIBUTES:
            allowed = ", ".join((*ATTRIBUTES, *TimeDimension))
            raise QueryError(f'dimensions: "{name[:60]}" is not one of {allowed}')
    if len(times) > 1:
        raise QueryError("dimensions can hold one time dimension only")
    if len(attributes) > 1:
        raise QueryError("dimensions can hold one attribute only: counters of pairs are not answered yet")
    return TimeDimension(times[0]) if times else None, attributes[0] if attributes else ""


def _check_metrics(metrics: tuple[Metric, ...], attribute: Dimension | None) -> None:
    for metric in metrics:
        only = _ONLY_BY.get(metric)
        if only is not None and attribute is not only:
            raise QueryError(f"{metric} is counted by {TRAITS[only].api_name}; ask for that dimension")
        if metric is Metric.PERCENTAGE and attribute is None:
            raise QueryError("percentage needs a dimension other than time")
    if attribute is None or attribute is Dimension.PAGE or TRAITS[attribute].scope is Scope.VISIT:
        return
    for metric in metrics:
        if metric in _OF_WHOLE_VISITS:
            name = TRAITS[attribute].api_name
            raise QueryError(f"{metric} belongs to whole visits and cannot be split by {name}; ask by visit:entry_page")


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
    times = tuple(Sort(name, False) for name in dimensions if name.startswith("time:"))
    return (*times, Sort(metrics[0], True))


def needs_entries(plan: Plan) -> bool:
    """Whether bounce rate and duration of pages are asked for: those of the visits that entered there."""
    return plan.attribute is Dimension.PAGE and bool(_OF_WHOLE_VISITS.intersection(plan.metrics))


def needs_totals(plan: Plan) -> bool:
    """Whether a metric compares the rows with everybody."""
    return bool(_OF_EVERYBODY.intersection(plan.metrics))

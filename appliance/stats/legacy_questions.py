"""Reads questions of Plausible's older API (v1: parameters of an address) as questions of v2. Pure.

`aggregate` asks for the numbers of a period, `timeseries` for those of each day, `breakdown` for those of each value of
a property. Whatever v2 refuses is refused here too, in its words.
"""

import re
from collections.abc import Iterable
from datetime import date, timedelta

from appliance.errors import QueryError
from appliance.stats.contract import DATE_RANGES, Comparisons, Include, Pagination, Question, TimeDimension
from appliance.stats.ranges import DateRange, parse_range

_COMMON = ("site_id", "period", "date", "metrics", "filters", "with_imported")
_DEFAULT_PERIOD = "30d"
PERIODS = (*(name for name in DATE_RANGES if name != "24h"), "custom")
_BY_MONTH = frozenset({"6mo", "12mo", "year"})
INTERVALS = {
    "hour": TimeDimension.HOUR,
    "date": TimeDimension.DAY,
    "day": TimeDimension.DAY,
    "week": TimeDimension.WEEK,
    "month": TimeDimension.MONTH,
}
_OPERATORS = {"==": "is", "!=": "is_not", "~": "contains", "!~": "contains_not"}
_FILTER = re.compile(r"\s*(?P<name>[^=!~]+?)\s*(?P<operator>==|!=|!~|~)(?P<values>.*)", re.DOTALL)
_PAGES = frozenset({"event:page", "visit:entry_page", "visit:exit_page"})
_MAX_LIMIT = 1000
_DEFAULT_LIMIT = 100
_MAX_PAGE = 1_000_000
_NUMBER = re.compile(r"\d{1,7}", re.ASCII)

Parameters = dict[str, str]


def read_parameters(given: Iterable[tuple[str, str]], more: Iterable[str]) -> Parameters:
    """Parameters by name.

    Args:
        given: names and values in the order of the address.
        more: names that there are beside those of every question.

    Raises:
        QueryError: an unknown name, or one that stands there twice.
    """
    known = (*_COMMON, *more)
    found: Parameters = {}
    for name, value in given:
        if name not in known:
            raise QueryError(f'there is no parameter "{name[:60]}"; there are {", ".join(known)}')
        if name in found:
            raise QueryError(f"{name} must be given once")
        found[name] = value
    return found


def aggregate_question(given: Iterable[tuple[str, str]]) -> Question:
    """The numbers of a period; `compare=previous_period` beside those of the period before."""
    asked = read_parameters(given, ("compare",))
    compare = asked.get("compare")
    if compare not in (None, "", "previous_period"):
        raise QueryError(f'compare: "{compare[:40]}" is not "previous_period"')
    include = Include(comparisons=Comparisons("previous_period") if compare else None)
    return _question(asked, [], include)


def timeseries_question(given: Iterable[tuple[str, str]]) -> Question:
    """The numbers of each hour, day, week or month of a period."""
    asked = read_parameters(given, ("interval",))
    return _question(asked, [_interval(asked)], Include(time_labels=True))


def breakdown_question(given: Iterable[tuple[str, str]]) -> Question:
    """The numbers of each value of a property, page by page."""
    asked = read_parameters(given, ("property", "limit", "page"))
    if not asked.get("property"):
        raise QueryError("property is needed, such as visit:source")
    limit = _number(asked, "limit", _DEFAULT_LIMIT, _MAX_LIMIT)
    page = _number(asked, "page", 1, _MAX_PAGE)
    return _question(asked, [asked["property"]], Include(), Pagination(limit, limit * (page - 1)))


def _question(
    asked: Parameters, dimensions: list[str], include: Include, pagination: Pagination | None = None
) -> Question:
    return Question(
        asked.get("site_id", ""),
        [name.strip() for name in asked.get("metrics", "visitors").split(",")],
        _date_range(asked.get("period") or _DEFAULT_PERIOD, asked.get("date", "")),
        dimensions=dimensions,
        filters=read_filter_text(asked.get("filters", "")),
        include=include,
        pagination=pagination or Pagination(),
    )


def _date_range(period: str, at: str) -> str | list[str]:
    """Without a date the range of that name; with one the period that ends with it, whole months and years whole."""
    if period == "custom":
        if "," not in at:
            raise QueryError(
                'date: the period "custom" needs the first and the last day, such as 2026-01-01,2026-01-31'
            )
        return at.split(",")
    if period not in PERIODS:
        raise QueryError(f'period: "{period[:40]}" is not one of {", ".join(PERIODS)}')
    if not at:
        return period
    if period == "all":
        raise QueryError('date: the period "all" goes without a date')
    (day, _) = parse_range([at, at], date.min, _no_day)
    first, last = parse_range(period, day, _no_day)
    if period == "year":
        last = last.replace(month=12, day=31)
    elif period in ("month", "6mo", "12mo"):
        last = _month_end(last)
    return [end.isoformat() for end in DateRange(first, last)]


def _no_day() -> None:
    return None


def _month_end(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _interval(asked: Parameters) -> str:
    name = asked.get("interval")
    if name:
        if name not in INTERVALS:
            raise QueryError(f'interval: "{name[:40]}" is not one of {", ".join(INTERVALS)}')
        return INTERVALS[name]
    period = asked.get("period") or _DEFAULT_PERIOD
    if period in ("day", "all"):
        return TimeDimension.FITTING
    return TimeDimension.MONTH if period in _BY_MONTH else TimeDimension.DAY


def _number(asked: Parameters, name: str, default: int, highest: int) -> int:
    text = asked.get(name) or str(default)
    number = int(text) if _NUMBER.fullmatch(text) else 0
    if not 1 <= number <= highest:
        raise QueryError(f"{name} must be a number from 1 to {highest}")
    return number


def read_filter_text(text: str) -> list[list[object]]:
    r"""Filters of v1 as those of v2.

    `;` stands between filters that must all hold, `|` between values of which one has to fit; `\;` and `\|` are
    these characters themselves. In pages `*` is any run of characters.

    >>> read_filter_text("visit:source==Google|Bing;event:page!=/blog*")
    [['is', 'visit:source', ['Google', 'Bing']], ['matches_not', 'event:page', ['^/blog.*$']]]
    """
    return [_filter(part) for part in _split(text, ";") if part.strip()]


def _filter(text: str) -> list[object]:
    found = _FILTER.fullmatch(text)
    if not found:
        raise QueryError(f'filters: "{text[:60]}" is not such as visit:source==Google or event:page!=/a|/b')
    name, operator = found["name"], _OPERATORS[found["operator"]]
    values = [_unescaped(value.strip()) for value in _split(found["values"], "|")]
    if name in _PAGES and operator in ("is", "is_not") and any("*" in value for value in values):
        return ["matches" + operator.removeprefix("is"), name, [_pattern(value) for value in values]]
    return [operator, name, values]


def _split(text: str, separator: str) -> list[str]:
    """At each separator that has no backslash in front."""
    return re.split(rf"(?<!\\){re.escape(separator)}", text)


def _unescaped(text: str) -> str:
    return text.replace("\\|", "|").replace("\\;", ";")


def _pattern(page: str) -> str:
    return f"^{'.*'.join(map(re.escape, re.split(r'[*]+', page)))}$"

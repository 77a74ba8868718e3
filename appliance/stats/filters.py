"""Reads the filters of a question. Pure.

A filter looks at one attribute: `["is", "visit:source", ["Google"]]`. Those of different attributes stand side by side
(or in "and"); "or" and "not" may combine what looks at the same attribute.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from appliance.dimensions import BY_API_NAME, PROPERTY_PREFIX, TRAITS, Dimension
from appliance.errors import QueryError
from appliance.stats.contract import ATTRIBUTES, NOT_SET, TimeDimension

_MAX_VALUES = 1000
_MAX_DEPTH = 10
_OPERATORS = ("is", "is_not", "contains", "contains_not")
_UNANSWERED = ("matches", "matches_not", "matches_wildcard", "matches_wildcard_not", "has_done", "has_not_done")


class Attribute(NamedTuple):
    """A dimension other than time; of properties, one key."""

    dimension: Dimension
    key: str = ""
    """Of `event:props:<key>`; empty for all other dimensions."""

    @property
    def name(self) -> str:
        """As it is asked for."""
        return PROPERTY_PREFIX + self.key if self.key else TRAITS[self.dimension].api_name


class Filter(NamedTuple):
    """What a question asks of one attribute."""

    attribute: Attribute
    accepts: Callable[[str], bool]
    """Whether it lets a value pass; an empty value is "(not set)"."""
    values: tuple[str, ...] = ()
    """The only values that pass, if it is a plain "is"."""


def read_attribute(name: object, where: str) -> Attribute:
    """The attribute of an API name; raises QueryError."""
    if isinstance(name, str):
        if name.startswith(PROPERTY_PREFIX) and name != PROPERTY_PREFIX:
            return Attribute(Dimension.PROPS, name.removeprefix(PROPERTY_PREFIX))
        if name in BY_API_NAME and BY_API_NAME[name] is not Dimension.PROPS:
            return Attribute(BY_API_NAME[name])
    allowed = ", ".join(ATTRIBUTES if where == "filters" else (*ATTRIBUTES, *TimeDimension))
    raise QueryError(f'{where}: "{str(name)[:60]}" is not one of {allowed}')


def read_filters(asked: list[Any]) -> tuple[Filter, ...]:
    """One filter for each attribute that is looked at.

    Raises:
        QueryError: it is no filter, or it mixes attributes in "or" or "not"; the text says what can be asked.
    """
    by_attribute: dict[Attribute, list[Filter]] = {}
    for node in asked:
        for one in _read(node, 0):
            by_attribute.setdefault(one.attribute, []).append(one)
    return tuple(filters[0] if len(filters) == 1 else _all(filters) for filters in by_attribute.values())


def _read(node: Any, depth: int) -> list[Filter]:
    if depth > _MAX_DEPTH:
        raise QueryError(f"filters: at most {_MAX_DEPTH} levels")
    if not isinstance(node, list) or len(node) < 2 or not isinstance(node[0], str):
        raise QueryError('filters: each must be ["is", "visit:source", ["Google"]] or ["and", [filters]]')
    operator = node[0]
    if operator == "not":
        inner = _same_attribute(_read(node[1], depth + 1), operator)
        passes = inner.accepts
        return [Filter(inner.attribute, lambda value: not passes(value))]
    if operator in ("and", "or"):
        if not isinstance(node[1], list) or not node[1]:
            raise QueryError(f'filters: "{operator}" needs a list of filters')
        parts = [_read(part, depth + 1) for part in node[1]]
        if operator == "and":
            return [one for part in parts for one in part]
        return [_any([_same_attribute(part, operator) for part in parts])]
    return [_read_plain(operator, node)]


def _same_attribute(filters: list[Filter], operator: str) -> Filter:
    if len({one.attribute for one in filters}) != 1:
        raise _mixed(operator)
    return _all(filters)


def _mixed(operator: str) -> QueryError:
    return QueryError(f'filters: "{operator}" can combine filters of one attribute only; ask once for each')


def _all(filters: list[Filter]) -> Filter:
    return Filter(filters[0].attribute, lambda value: all(one.accepts(value) for one in filters))


def _any(filters: list[Filter]) -> Filter:
    if len({one.attribute for one in filters}) != 1:
        raise _mixed("or")
    return Filter(filters[0].attribute, lambda value: any(one.accepts(value) for one in filters))


def _read_plain(operator: str, node: list[Any]) -> Filter:
    if operator in _UNANSWERED:
        raise QueryError(f'filters: "{operator}" cannot be answered; there are {", ".join(_OPERATORS)}')
    if operator not in _OPERATORS:
        raise QueryError(f'filters: "{operator[:40]}" is not one of {", ".join((*_OPERATORS, "and", "or", "not"))}')
    if len(node) not in (3, 4):
        raise QueryError(f'filters: "{operator}" needs an attribute and a list of values')
    attribute = read_attribute(node[1], "filters")
    values = node[2]
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise QueryError(f"filters: the values of {attribute.name} must be a list of strings")
    if len(values) > _MAX_VALUES:
        raise QueryError(f"filters: at most {_MAX_VALUES} values")
    fold = str.casefold if not _is_case_sensitive(node) else str
    wanted = tuple(fold("" if value == NOT_SET else value) for value in values)
    if operator.startswith("is"):
        among = frozenset(wanted)
        accepts: Callable[[str], bool] = lambda value: fold(value) in among  # noqa: E731
    else:
        parts = tuple(part for part in wanted if part)
        accepts = lambda value: any(part in fold(value) for part in parts)  # noqa: E731
    if operator.endswith("_not"):
        return Filter(attribute, lambda value: not accepts(value))
    return Filter(attribute, accepts, wanted if operator == "is" and fold is str else ())


def _is_case_sensitive(node: list[Any]) -> bool:
    modifiers = node[3] if len(node) == 4 else {}
    if not isinstance(modifiers, dict) or set(modifiers) - {"case_sensitive"}:
        raise QueryError('filters: the only modifier is {"case_sensitive": true or false}')
    return modifiers.get("case_sensitive", True) is not False

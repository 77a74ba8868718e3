"""Reads the filters of a question. Pure.

A filter looks at one attribute: `["is", "visit:source", ["Google"]]`. "and", "or" and "not" combine filters; what they
make looks at one attribute or at two. Side by side all must hold.
"""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from appliance.dimensions import BY_API_NAME, PROPERTY_PREFIX, TRAITS, Dimension
from appliance.errors import QueryError
from appliance.stats.contract import ATTRIBUTES, NOT_SET, PLACE_NAMES, TimeDimension
from appliance.stats.patterns import one_of_patterns
from appliance.stats.place_names import naming

_MAX_VALUES = 1000
_MAX_DEPTH = 10
_OPERATORS = ("is", "is_not", "contains", "contains_not", "matches", "matches_not")
_UNANSWERED = {
    "has_done": "no counter tells what else a visit did",
    "has_not_done": "no counter tells what else a visit did",
    "matches_wildcard": 'ask with "matches" and a regular expression',
    "matches_wildcard_not": 'ask with "matches_not" and a regular expression',
}


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


class PairFilter(NamedTuple):
    """What a question asks of two attributes at once, as "or" over both does."""

    one: Attribute
    other: Attribute
    accepts: Callable[[str, str], bool]
    """Whether it lets a value of `one` and a value of `other` pass."""


class Filters(NamedTuple):
    """All that must hold."""

    single: tuple[Filter, ...]
    """One for each attribute that is looked at alone."""
    pairs: tuple[PairFilter, ...]


class _Rule(NamedTuple):
    """A filter, or what "and", "or" and "not" make of several."""

    attributes: tuple[Attribute, ...]
    holds: Callable[[Mapping[Attribute, str]], bool]
    values: tuple[str, ...] = ()


def read_attribute(name: object, where: str) -> Attribute:
    """The attribute of an API name; raises QueryError."""
    if isinstance(name, str):
        if name.startswith(PROPERTY_PREFIX) and name != PROPERTY_PREFIX:
            return Attribute(Dimension.PROPS, name.removeprefix(PROPERTY_PREFIX))
        stored = PLACE_NAMES.get(name, name)
        if stored in BY_API_NAME and BY_API_NAME[stored] is not Dimension.PROPS:
            return Attribute(BY_API_NAME[stored])
    allowed = ", ".join(ATTRIBUTES if where == "filters" else (*ATTRIBUTES, *TimeDimension))
    raise QueryError(f'{where}: "{str(name)[:60]}" is not one of {allowed}')


def read_filters(asked: list[Any]) -> Filters:
    """What the filters of a question ask of one attribute and of two.

    Raises:
        QueryError: it is no filter, or one that looks at more than two attributes; the text says what can be asked.
    """
    single: dict[Attribute, list[Filter]] = {}
    pairs = []
    for rule in (rule for node in asked for rule in _read(node, 0)):
        if len(rule.attributes) == 1:
            (attribute,) = rule.attributes
            single.setdefault(attribute, []).append(Filter(attribute, _of_one(rule), rule.values))
        else:
            pairs.append(_of_two(rule))
    return Filters(
        tuple(filters[0] if len(filters) == 1 else _all(filters) for filters in single.values()), tuple(pairs)
    )


def _of_one(rule: _Rule) -> Callable[[str], bool]:
    (attribute,) = rule.attributes
    return lambda value: rule.holds({attribute: value})


def _of_two(rule: _Rule) -> PairFilter:
    if len(rule.attributes) > 2:
        names = ", ".join(attribute.name for attribute in rule.attributes)
        raise QueryError(f"filters: no counter knows more than two attributes of a visit, and these are {names}")
    one, other = rule.attributes
    return PairFilter(one, other, lambda value, beside: rule.holds({one: value, other: beside}))


def _all(filters: list[Filter]) -> Filter:
    return Filter(filters[0].attribute, lambda value: all(one.accepts(value) for one in filters))


def _read(node: Any, depth: int) -> list[_Rule]:
    """Rules that must hold together."""
    if depth > _MAX_DEPTH:
        raise QueryError(f"filters: at most {_MAX_DEPTH} levels")
    if not isinstance(node, list) or len(node) < 2 or not isinstance(node[0], str):
        raise QueryError('filters: each must be a list such as ["is", "visit:source", ["Google"]]')
    operator = node[0]
    if operator == "not" and len(node) == 2:
        return [_not(_read(node[1], depth + 1))]
    if operator in ("and", "or"):
        if len(node) != 2 or not isinstance(node[1], list) or not node[1]:
            raise QueryError(f'filters: "{operator}" needs a list of filters')
        parts = [_read(part, depth + 1) for part in node[1]]
        return [rule for part in parts for rule in part] if operator == "and" else [_any(parts)]
    return [_read_plain(operator, node)]


def _not(rules: list[_Rule]) -> _Rule:
    return _Rule(_attributes(rules), lambda values: not all(rule.holds(values) for rule in rules))


def _any(parts: list[list[_Rule]]) -> _Rule:
    attributes = _attributes([rule for rules in parts for rule in rules])
    return _Rule(attributes, lambda values: any(all(rule.holds(values) for rule in rules) for rules in parts))


def _attributes(rules: list[_Rule]) -> tuple[Attribute, ...]:
    return tuple(dict.fromkeys(attribute for rule in rules for attribute in rule.attributes))


def _read_plain(operator: str, node: list[Any]) -> _Rule:
    if operator in _UNANSWERED:
        raise QueryError(f'filters: "{operator}" cannot be answered: {_UNANSWERED[operator]}')
    if operator not in _OPERATORS:
        raise QueryError(f'filters: "{operator[:40]}" is not one of {", ".join((*_OPERATORS, "and", "or", "not"))}')
    if len(node) not in (3, 4):
        raise QueryError(f'filters: "{operator}" needs an attribute and a list of values')
    attribute = read_attribute(node[1], "filters")
    values = _values(node[2], attribute)
    is_case_sensitive = _is_case_sensitive(node)
    test = operator.removesuffix("_not")
    shown, stored = naming(node[1])
    fits = _TESTS[test](values, is_case_sensitive)
    accepts: Callable[[str], bool] = lambda value: fits(shown(value))  # noqa: E731
    if test != operator:
        return _Rule((attribute,), lambda of: not accepts(of[attribute]))
    named = tuple(stored(_unset(value)) for value in values) if test == "is" and is_case_sensitive else ()
    return _Rule((attribute,), lambda of: accepts(of[attribute]), named)


def _values(values: Any, attribute: Attribute) -> list[str]:
    if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
        raise QueryError(f"filters: the values of {attribute.name} must be a list of strings")
    if len(values) > _MAX_VALUES:
        raise QueryError(f"filters: at most {_MAX_VALUES} values")
    return values


def _is_one(values: list[str], is_case_sensitive: bool) -> Callable[[str], bool]:
    fold = str if is_case_sensitive else str.casefold
    among = frozenset(fold(_unset(value)) for value in values)
    return lambda value: fold(value) in among


def _contains_one(values: list[str], is_case_sensitive: bool) -> Callable[[str], bool]:
    if "" in values:
        raise QueryError('filters: every value contains ""; name a text, or leave the filter out')
    fold = str if is_case_sensitive else str.casefold
    parts = [fold(value) for value in values]
    return lambda value: any(part in fold(value) for part in parts)


_TESTS: dict[str, Callable[[list[str], bool], Callable[[str], bool]]] = {
    "is": _is_one,
    "contains": _contains_one,
    "matches": one_of_patterns,
}


def _unset(value: str) -> str:
    return "" if value == NOT_SET else value


def _is_case_sensitive(node: list[Any]) -> bool:
    modifiers = node[3] if len(node) == 4 else {}
    is_known = isinstance(modifiers, dict) and not set(modifiers) - {"case_sensitive"}
    if not is_known or not isinstance(modifiers.get("case_sensitive", True), bool):
        raise QueryError('filters: the only modifier is {"case_sensitive": true or false}')
    return bool(modifiers.get("case_sensitive", True))

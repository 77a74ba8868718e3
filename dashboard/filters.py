"""Filters of the report as they stand in the address, such as `f=is,visit:source,Google`. Pure.

What stands in an address is anybody's text: a filter that does not have this form is left out.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from appliance.stats.contract import ATTRIBUTE_DEFINITIONS, PLACE_NAMES

PARAMETER = "f"
MOST_ATTRIBUTES = 2
"""A question can look at two attributes; see docs/metrics.md, Questions."""
RATES = frozenset({"conversion_rate", "group_conversion_rate"})
"""Metrics that compare who reached a goal with who did not."""
_OPERATORS = ("is", "is_not")
_MOST_FILTERS = 40
_LONGEST_VALUE = 300
PROPERTY = "event:props:"


@dataclass(frozen=True)
class Filter:
    """One value that visits must have, or must not have."""

    operator: str
    attribute: str
    value: str

    @property
    def text(self) -> str:
        """As it stands in the address."""
        return f"{self.operator},{self.attribute},{self.value}"


def read(texts: Iterable[str]) -> tuple[Filter, ...]:
    """Filters of an address, each once, over two attributes at most; anything else is ignored.

    >>> read(["is,visit:source,Google", "is,nonsense,x", "drop table"])
    (Filter(operator='is', attribute='visit:source', value='Google'),)
    """
    found: dict[Filter, None] = {}
    for one in _parsed(texts):
        if len(attributes([*found, one])) <= MOST_ATTRIBUTES:
            found[one] = None
    return tuple(found)[:_MOST_FILTERS]


def left_out(texts: Iterable[str], kept: Sequence[Filter]) -> tuple[Filter, ...]:
    """Filters of an address that would have joined a third attribute.

    >>> texts = ["is,visit:source,Google", "is,event:page,/", "is,visit:os,iOS"]
    >>> [one.text for one in left_out(texts, read(texts))]
    ['is,visit:os,iOS']
    """
    known = attributes(kept)
    return tuple(dict.fromkeys(one for one in _parsed(texts) if one.attribute not in known))[:_MOST_FILTERS]


def _parsed(texts: Iterable[str]) -> Iterator[Filter]:
    for text in texts:
        operator, _, rest = text.partition(",")
        attribute, _, value = rest.partition(",")
        if operator in _OPERATORS and _is_attribute(attribute) and 0 < len(value) <= _LONGEST_VALUE:
            yield Filter(operator, attribute, value)


def attributes(filters: Iterable[Filter]) -> set[str]:
    """What the filters look at."""
    return {one.attribute for one in filters}


def is_one(filters: Iterable[Filter], attribute: str) -> bool:
    """Whether the filters ask for one value of an attribute.

    >>> is_one(read(["is,event:goal,Order", "is,visit:os,iOS"]), "event:goal")
    True
    """
    return [one.operator for one in filters if one.attribute == attribute] == ["is"]


def added(filters: Sequence[Filter], new: Filter) -> tuple[Filter, ...]:
    """The filters with one more. "Is" and "is not" of one attribute do not go together: the newer replaces."""
    kept = [one for one in filters if one.attribute != new.attribute or one.operator == new.operator]
    return (*(one for one in kept if one != new), new)


def question_filters(filters: Iterable[Filter]) -> list[Any]:
    """As the stats API takes them: values of one attribute stand beside each other."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for one in filters:
        grouped.setdefault((one.operator, one.attribute), []).append(one.value)
    return [[operator, attribute, values] for (operator, attribute), values in grouped.items()]


def _is_attribute(name: str) -> bool:
    if "<" in name:
        return False
    is_property = name.startswith(PROPERTY) and 0 < len(name) - len(PROPERTY) <= 64
    return is_property or (name in ATTRIBUTE_DEFINITIONS and name not in PLACE_NAMES)

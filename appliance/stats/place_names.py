"""English names of countries and regions by their ISO 3166 codes, and back. Each name belongs to one code."""

import csv
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import NamedTuple


@cache
def country_names() -> Mapping[str, str]:
    """Names by code (ISO 3166-1 alpha-2)."""
    text = (files("appliance.stats") / "data/countries.csv").read_text(encoding="utf-8")
    return {row["code"]: row["name"] for row in csv.DictReader(text.splitlines())}


@cache
def region_names() -> Mapping[str, str]:
    """Names by code (ISO 3166-2). Where regions of two countries have one name, the country's stands behind it.

    >>> region_names()["DE-BY"], region_names()["AU-VIC"]
    ('Bavaria', 'Victoria (Australia)')
    """
    text = (files("appliance.anonymize") / "data/regions.txt").read_text(encoding="utf-8")
    pairs = [line.split("\t") for line in text.splitlines()]
    times = Counter(name for _, name in pairs)
    return {code: name if times[name] == 1 else f"{name} ({_country(code)})" for code, name in pairs}


def _country(region: str) -> str:
    code = region.partition("-")[0]
    return country_names().get(code, code)


class Naming(NamedTuple):
    """How a dimension shows its values."""

    shown: Callable[[str], str]
    """The name of a stored value; of one without a name the value."""
    stored: Callable[[str], str]
    """The other way round."""


def naming(dimension: str) -> Naming:
    """Of a dimension by its API name; most show what is stored.

    >>> naming("visit:country_name").shown("DE"), naming("visit:country").shown("DE")
    ('Germany', 'DE')
    """
    return _named(dimension) if dimension in _TABLES else _AS_STORED


@cache
def _named(dimension: str) -> Naming:
    names = _TABLES[dimension]()
    codes = {name: code for code, name in names.items()}
    return Naming(lambda code: names.get(code, code), lambda name: codes.get(name, name))


_TABLES = {"visit:country_name": country_names, "visit:region_name": region_names}
_AS_STORED = Naming(lambda value: value, lambda value: value)

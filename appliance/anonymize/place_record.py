"""Takes country, region and city out of a record of a place database. Pure.

Reads the layouts in use: `country.iso_code`, `subdivisions`, `city.names.en` (MaxMind, DB-IP) and flat ones
(`country_code`, as in the file that comes with the project). Nothing finer than a city is looked at: no coordinates,
no postal code.
"""

from typing import Any, Literal, NamedTuple

from appliance.anonymize.regions import region_code

Detail = Literal["none", "country", "region", "city"]

_CODE_LETTERS = 2
_MAX_SUBDIVISION = 3
"""Characters of a subdivision behind the country (ISO 3166-2)."""
_MAX_NAME = 80
_NO_COUNTRY = frozenset({"ZZ", "XX", "EU", "AP", "T1", "A1", "A2"})
"""Codes that databases use for "nowhere", continents and proxies; none of them is a country of ISO 3166-1."""


class Place(NamedTuple):
    """Where a network is. Empty strings for unknown."""

    country: str
    """ISO 3166-1 alpha-2."""
    region: str
    """ISO 3166-2: "DE-BE"."""
    city: str
    """English name."""


NOWHERE = Place("", "", "")


def read_place(record: Any, detail: Detail) -> Place:
    """Country, and as much more as `detail` allows.

    >>> ghent = {"country": {"iso_code": "BE"}, "subdivisions": [{"iso_code": "VLG"}], "city": "Ghent"}
    >>> read_place(ghent, "city"), read_place(ghent, "country")
    (Place(country='BE', region='BE-VLG', city='Ghent'), Place(country='BE', region='', city=''))
    """
    if not isinstance(record, dict):
        return NOWHERE
    country = _country(record)
    if not country:
        return NOWHERE
    region = _region(record, country) if detail in ("region", "city") else ""
    return Place(country, region, _city(record) if detail == "city" else "")


def _country(record: dict[str, Any]) -> str:
    country = record.get("country")
    code = record.get("country_code") or (country.get("iso_code") if isinstance(country, dict) else country)
    if not isinstance(code, str) or len(code) != _CODE_LETTERS or not code.isascii() or not code.isalpha():
        return ""
    code = code.upper()
    return "" if code in _NO_COUNTRY else code


def _region(record: dict[str, Any], country: str) -> str:
    """The largest subdivision; databases list it first."""
    subdivisions = record.get("subdivisions")
    first = subdivisions[0] if isinstance(subdivisions, list) and subdivisions else None
    if not isinstance(first, dict):
        return ""
    code = first.get("iso_code")
    if code is None:
        return region_code(country, _english(first)[:_MAX_NAME])
    if not isinstance(code, str) or not code.isascii() or not code.isalnum() or len(code) > _MAX_SUBDIVISION:
        return ""
    return f"{country}-{code.upper()}"


def _city(record: dict[str, Any]) -> str:
    name = _english(record.get("city"))
    return name.strip() if len(name) <= _MAX_NAME and name.isprintable() else ""


def _english(place: Any) -> str:
    """Name of a part of a record, which is a text or a map of names by language."""
    names = place.get("names") if isinstance(place, dict) else None
    name = names.get("en") if isinstance(names, dict) else place
    return name if isinstance(name, str) else ""

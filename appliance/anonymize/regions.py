"""Codes of regions (ISO 3166-2) for databases that only have their English names, such as DB-IP's free file."""

import unicodedata
from functools import lru_cache
from importlib.resources import files


def region_code(country: str, name: str) -> str:
    """Code of a region of a country; empty if the name is unknown there, or belongs to two codes.

    >>> region_code("DE", "Bavaria"), region_code("FR", "ile-de-france"), region_code("AT", "Bavaria")
    ('DE-BY', 'FR-IDF', '')
    """
    return _codes().get((country, _folded(name)), "")


@lru_cache(maxsize=1)
def _codes() -> dict[tuple[str, str], str]:
    """By country and folded name. Takes 30 ms and is only read for databases without codes."""
    found: dict[tuple[str, str], str] = {}
    for line in (files("appliance.anonymize") / "data/regions.txt").read_text(encoding="utf-8").splitlines():
        code, _, name = line.partition("\t")
        key = (code.partition("-")[0], _folded(name))
        found[key] = "" if key in found else code
    return found


def _folded(name: str) -> str:
    """Letters and digits without case and accents: databases disagree about the rest."""
    return "".join(letter for letter in unicodedata.normalize("NFKD", name.casefold()) if letter.isalnum())

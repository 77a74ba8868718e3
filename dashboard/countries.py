"""Names of countries by their ISO 3166-1 code, for display only."""

import csv
from functools import cache
from pathlib import Path

UNKNOWN = "Unknown"
_TABLE = Path(__file__).parent / "data" / "countries.csv"


@cache
def _names() -> dict[str, str]:
    with _TABLE.open(encoding="utf-8", newline="") as file:
        return {row["code"]: row["name"] for row in csv.DictReader(file)}


def country_name(code: str) -> str:
    """English name; a code outside the table is its own name.

    >>> country_name("DE"), country_name(""), country_name("T1")
    ('Germany', 'Unknown', 'T1')
    """
    return _names().get(code, code) if code else UNKNOWN

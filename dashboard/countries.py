"""Names of countries by their ISO 3166-1 code, for display only."""

from appliance.stats.contract import country_names

UNKNOWN = "Unknown"


def country_name(code: str) -> str:
    """English name; a code outside the table is its own name.

    >>> country_name("DE"), country_name(""), country_name("T1")
    ('Germany', 'Unknown', 'T1')
    """
    return country_names().get(code, code) if code else UNKNOWN

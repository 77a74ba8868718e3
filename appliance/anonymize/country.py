"""Country of a truncated address, from a database file in MaxMind's format.

Reads both layouts in use: `country_code` (the file that comes with the project) and `country.iso_code` (GeoIP2,
DB-IP). A missing or damaged file is no reason not to count: the country is unknown then.
"""

from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import maxminddb

from appliance.anonymize.network import Address

_CODE_LETTERS = 2
_NO_COUNTRY = frozenset({"ZZ", "XX", "EU", "AP", "T1", "A1", "A2"})
"""Codes that databases use for "nowhere", continents and proxies; none of them is a country of ISO 3166-1."""


class CountryDatabase:
    """Open country database.

    Args:
        path: file to read; None: the one that comes with the project.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._reader: Any = None
        self.problem = ""
        """One sentence for the operator when there is no usable database; countries are unknown then."""
        try:
            if path is None:
                with as_file(files("appliance.anonymize") / "data/iptoasn-country.mmdb") as own:
                    self._reader = _open(own)
            else:
                self._reader = _open(path)
        except (OSError, maxminddb.InvalidDatabaseError) as error:
            self.problem = f"the country database cannot be used ({type(error).__name__}); countries are unknown"

    def country(self, truncated: Address) -> str:
        """ISO 3166-1 alpha-2 code; empty if unknown. Takes 1 µs."""
        if self._reader is None:
            return ""
        try:
            record = self._reader.get(truncated)
        except (ValueError, maxminddb.InvalidDatabaseError):
            return ""  # IPv6 asked of an IPv4 file, or a damaged branch of the tree
        return _code(record)


def _open(path: Path) -> Any:
    # The C extension's mode: the pure Python reader of MODE_MMAP costs 15 µs a look-up.
    return maxminddb.open_database(str(path), maxminddb.MODE_MMAP_EXT)


def _code(record: Any) -> str:
    if not isinstance(record, dict):
        return ""
    country = record.get("country")
    code = record.get("country_code") or (country.get("iso_code") if isinstance(country, dict) else country)
    if not isinstance(code, str) or len(code) != _CODE_LETTERS or not code.isascii() or not code.isalpha():
        return ""
    code = code.upper()
    return "" if code in _NO_COUNTRY else code

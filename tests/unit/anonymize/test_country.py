"""Countries of truncated addresses; a bad file is no reason not to count."""

import hashlib
import re
from importlib.resources import files
from ipaddress import ip_address
from pathlib import Path

import pytest

from appliance.anonymize.country import CountryDatabase, _code

DATA = files("appliance.anonymize") / "data"


@pytest.mark.parametrize(
    ("address", "country"),
    [("8.8.8.0", "US"), ("2a00:1450::", "US"), ("127.0.0.0", ""), ("203.0.113.0", ""), ("::", "")],
)
def test_network_has_its_country_or_none(address: str, country: str) -> None:
    assert CountryDatabase().country(ip_address(address)) == country


@pytest.mark.parametrize("content", [None, b"", b"not a database"])
def test_missing_or_damaged_file_means_unknown_and_says_so(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "countries.mmdb"
    if content is not None:
        path.write_bytes(content)
    database = CountryDatabase(path)
    assert database.country(ip_address("8.8.8.0")) == ""
    assert "countries are unknown" in database.problem


def test_damaged_record_is_an_unknown_country(tmp_path: Path) -> None:
    content = (DATA / "iptoasn-country.mmdb").read_bytes()
    index = content.rfind(b"\xab\xcd\xefMaxMind.com")  # where the description of the file begins
    path = tmp_path / "countries.mmdb"
    path.write_bytes(content[: index - 2_000] + b"\xff" * 2_000 + content[index:])
    database = CountryDatabase(path)
    assert database.problem == ""
    assert database.country(ip_address("8.8.8.0")) == ""


@pytest.mark.parametrize(
    ("record", "code"),
    [
        ({"country_code": "de"}, "DE"),
        ({"country": {"iso_code": "FR", "geoname_id": 1}}, "FR"),
        ({"country": "IT"}, "IT"),
        ({"country_code": "ZZ"}, ""),
        ({"country_code": "None"}, ""),
        ({"country_code": 7}, ""),
        ({}, ""),
        (None, ""),
    ],
)
def test_layouts_in_use_are_read(record: object, code: str) -> None:
    assert _code(record) == code


def test_file_is_the_one_whose_origin_is_written_down() -> None:
    origin = (DATA / "ORIGIN.md").read_text(encoding="utf-8")
    digest = hashlib.sha256((DATA / "iptoasn-country.mmdb").read_bytes()).hexdigest()
    assert re.search(r"`([0-9a-f]{64})`", origin).group(1) == digest  # type: ignore[union-attr]
    assert "PDDL-1.0" in origin

"""Names of regions become codes where there is one code."""

import re
from importlib.resources import files

import pytest

from appliance.anonymize.regions import region_code

LINES = (files("appliance.anonymize") / "data/regions.txt").read_text(encoding="utf-8").splitlines()


@pytest.mark.parametrize(
    ("country", "name", "code"),
    [
        ("DE", "Berlin", "DE-BE"),
        ("DE", "baden württemberg", "DE-BW"),
        ("FR", "Île-de-France", "FR-IDF"),
        ("US", "California", "US-CA"),
        ("GB", "England", "GB-ENG"),
        ("US", "Berlin", ""),
        ("MK", "Centar", ""),  # an old and a new code
        ("", "Berlin", ""),
        ("DE", "", ""),
    ],
)
def test_name_has_a_code_in_its_country(country: str, name: str, code: str) -> None:
    assert region_code(country, name) == code


def test_table_has_codes_of_the_standard_in_order() -> None:
    assert len(LINES) > 5_000
    assert sorted(LINES) == LINES
    assert [line for line in LINES if not re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,4}\t.+", line)] == []

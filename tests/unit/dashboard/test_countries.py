"""Countries have names."""

import re

from appliance.stats.contract import country_names
from dashboard import countries


def test_every_code_is_two_letters_and_has_a_name() -> None:
    table = country_names()
    assert len(table) == 250
    assert all(re.fullmatch("[A-Z]{2}", code) and name for code, name in table.items())


def test_an_unknown_code_is_shown_as_it_is() -> None:
    assert countries.country_name("T1") == "T1"


def test_a_visit_without_country_is_unknown() -> None:
    assert countries.country_name("") == "Unknown"

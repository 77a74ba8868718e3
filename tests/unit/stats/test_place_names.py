"""Names of places and their codes."""

import pytest

from appliance.stats.place_names import country_names, naming, region_names


@pytest.mark.parametrize("names", [country_names(), region_names()])
def test_each_name_belongs_to_one_code(names: dict[str, str]) -> None:
    assert len(set(names.values())) == len(names) > 200
    assert all(name == name.strip() and name.isprintable() for name in names.values())


def test_regions_of_one_name_are_told_apart_by_their_country() -> None:
    names = region_names()
    assert (names["AR-S"], names["IN-PB"], names["PK-PB"]) == ("Santa Fe", "Punjab (India)", "Punjab (Pakistan)")


@pytest.mark.parametrize("dimension", ["visit:country_name", "visit:region_name", "visit:city_name", "visit:source"])
@pytest.mark.parametrize("value", ["", "(other)", "Nowhere", "ZZ", "ZZ-1"])
def test_what_has_no_name_is_shown_as_it_is(dimension: str, value: str) -> None:
    assert naming(dimension).shown(value) == naming(dimension).stored(value) == value


@pytest.mark.parametrize("dimension", ["visit:country_name", "visit:region_name"])
def test_names_lead_back_to_their_codes(dimension: str) -> None:
    shown, stored = naming(dimension)
    for code in country_names() if "country" in dimension else region_names():
        assert stored(shown(code)) == code

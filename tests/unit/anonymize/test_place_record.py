"""Records of place databases, as they should be and as they are."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.place_record import NOWHERE, Detail, Place, read_place
from tests.kit import mmdb

BERLIN = mmdb.city("DE", "BE", "Berlin")
JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["country", "iso_code", "city", "names", "en", "subdivisions"]), inner)
    ),
    max_leaves=12,
)


@pytest.mark.parametrize(
    ("detail", "place"),
    [
        ("city", Place("DE", "DE-BE", "Berlin")),
        ("region", Place("DE", "DE-BE", "")),
        ("country", Place("DE", "", "")),
        ("none", Place("DE", "", "")),  # for shields; the pipeline forgets it
    ],
)
def test_nothing_finer_than_allowed_is_read(detail: Detail, place: Place) -> None:
    assert read_place(BERLIN, detail) == place


@pytest.mark.parametrize(
    ("record", "place"),
    [
        ({"country_code": "de"}, Place("DE", "", "")),
        ({"country": {"iso_code": "FR", "geoname_id": 1}}, Place("FR", "", "")),
        ({"country": "IT"}, Place("IT", "", "")),
        ({"country_code": "US", "city": "Springfield", "state1": "Ohio"}, Place("US", "", "Springfield")),
        # DB-IP's free file has names of regions and no codes
        ({"country": {"iso_code": "US"}, "subdivisions": [{"names": {"en": "Ohio"}}]}, Place("US", "US-OH", "")),
        ({"country": {"iso_code": "US"}, "subdivisions": [{"names": {"en": "Nowhere"}}]}, Place("US", "", "")),
        ({"country": {"iso_code": "US"}, "subdivisions": [{"names": {}}]}, Place("US", "", "")),
        (
            {"country": {"iso_code": "GB"}, "subdivisions": [{"iso_code": "ENG"}, {"iso_code": "LND"}]},
            Place("GB", "GB-ENG", ""),
        ),
        ({"country": {"iso_code": "PR"}, "subdivisions": []}, Place("PR", "", "")),
        ({"country": {"iso_code": "DE"}, "city": {"names": {"de": "Köln"}}}, Place("DE", "", "")),
        ({"country": {"iso_code": "DE"}, "city": {"names": {"en": "x" * 81}}}, Place("DE", "", "")),
        ({"country": {"iso_code": "DE"}, "city": {"names": {"en": "a\nb"}}}, Place("DE", "", "")),
        ({"country": {"iso_code": "DE"}, "subdivisions": [{"iso_code": "B E"}]}, Place("DE", "", "")),
        ({"country": {"iso_code": "DE"}, "subdivisions": [{"iso_code": "LONG"}]}, Place("DE", "", "")),
        ({"subdivisions": [{"iso_code": "BE"}], "city": {"names": {"en": "Berlin"}}}, NOWHERE),
        ({"country_code": "ZZ"}, NOWHERE),
        ({"country_code": "None"}, NOWHERE),
        ({"country_code": 7}, NOWHERE),
        ({}, NOWHERE),
        (None, NOWHERE),
        ("DE", NOWHERE),
    ],
)
def test_layouts_in_use_are_read(record: object, place: Place) -> None:
    assert read_place(record, "city") == place


@given(JUNK)
def test_a_damaged_record_is_an_unknown_place(record: Any) -> None:
    place = read_place(record, "city")
    assert all(isinstance(part, str) for part in place)


def test_coordinates_and_postal_codes_are_not_looked_at() -> None:
    place = repr(read_place(BERLIN, "city"))
    assert [secret for secret in ("52.5", "13.4", "10117", "Europe") if secret in place] == []

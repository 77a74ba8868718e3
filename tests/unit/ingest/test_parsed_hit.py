"""The common form of a hit: which of its fields is to blame."""

import pytest

from appliance.ingest.parsed_hit import ParsedHit, blame


@pytest.mark.parametrize(
    ("url", "field"),
    [
        ("https://example.org/", "event_name"),
        ("data:text/html,x", "url"),
        ("ftp://example.org/", "url"),
        ("https:///x", "url"),
        ("https://[", "url"),
        ("no url", "url"),
    ],
)
def test_field_is_blamed_that_the_boundary_could_not_take(url: str, field: str) -> None:
    assert list(blame(ParsedHit(("example.org",), "pageview", url, "", True, ""))) == [field]

"""Widths become classes."""

import pytest

from appliance.anonymize.screen import screen_class


@pytest.mark.parametrize(
    ("width", "expected"),
    [
        *((width, "") for width in (-5, 0)),
        *((width, "Mobile") for width in (1, 390, 575)),
        *((width, "Tablet") for width in (576, 768, 991)),
        *((width, "Laptop") for width in (992, 1366, 1439)),
        *((width, "Desktop") for width in (1440, 2560, 10**9)),
    ],
)
def test_width_has_one_class(width: int, expected: str) -> None:
    assert screen_class(width) == expected

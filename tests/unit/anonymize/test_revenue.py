"""Amounts become whole minor units, exactly, or nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.revenue import minor_units
from appliance.currencies import DECIMALS


@pytest.mark.parametrize(
    ("currency", "amount", "minor"),
    [
        ("EUR", "19.99", 1999),
        ("EUR", "0.1", 10),
        ("EUR", "-5", -500),
        ("EUR", "1e2", 10000),
        ("JPY", "500", 500),
        ("KWD", "1.234", 1234),
        ("EUR", "0.005", 0),
        ("EUR", "0.015", 2),
        ("eur", "1", None),
        ("XXX", "1", None),
        ("", "1", None),
        ("EUR", "", None),
        ("EUR", "NaN", None),
        ("EUR", "Infinity", None),
        ("EUR", "1e999999", None),
        ("EUR", "9" * 33, None),
        ("EUR", "1e15", None),
        ("EUR", "12,50", None),
        ("EUR", "\ud800", None),
    ],
)
def test_amount_is_exact_or_dropped(currency: str, amount: str, minor: int | None) -> None:
    assert minor_units(currency, amount) == minor


@given(st.sampled_from(sorted(DECIMALS)), st.integers(-(10**14), 10**14))
def test_whole_minor_units_come_back(currency: str, minor: int) -> None:
    amount = Decimal(minor).scaleb(-DECIMALS[currency])
    assert minor_units(currency, f"{amount:f}") == minor


@given(st.text())
def test_no_text_breaks_it(amount: str) -> None:
    assert minor_units("EUR", amount) is None or amount.strip()

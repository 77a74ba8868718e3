"""Turns revenue as a sender wrote it into whole numbers of a currency's smallest unit. Pure."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

from appliance.currencies import DECIMALS

_MAX_AMOUNT_CHARACTERS = 32
_MAX_MINOR = 10**15
"""A single amount above this is taken for a mistake."""


def minor_units(currency: str, amount: str) -> int | None:
    """Whole number of the smallest unit; None for an unknown currency or no finite number of a sane size.

    >>> minor_units("EUR", "12.345"), minor_units("JPY", "500"), minor_units("EUR", "NaN"), minor_units("XXX", "1")
    (1234, 500, None, None)
    """
    decimals = DECIMALS.get(currency)
    if decimals is None or len(amount) > _MAX_AMOUNT_CHARACTERS:
        return None
    try:
        number = Decimal(amount)
        # Before scaling: 1e999999 is a valid Decimal and a huge integer.
        if not number.is_finite() or abs(number) > _MAX_MINOR:
            return None
        minor = int(number.scaleb(decimals).to_integral_value(ROUND_HALF_EVEN))
    except (InvalidOperation, ValueError):
        return None
    return minor if abs(minor) <= _MAX_MINOR else None

"""Turns revenue as a sender wrote it into whole numbers of a currency's smallest unit. Pure.

Currencies and their decimals are those of ISO 4217, list one, of 2026-01-01 (www.six-group.com/en/products-services/
financial-information/data-standards.html); funds, metals and test codes are left out.
"""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation

_TWO = (
    "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP "
    "CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES "
    "KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK "
    "NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB "
    "TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG"
)
_NONE = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_THREE = "BHD IQD JOD KWD LYD OMR TND"
DECIMALS: dict[str, int] = {
    code: decimals for codes, decimals in ((_TWO, 2), (_NONE, 0), (_THREE, 3)) for code in codes.split()
}
"""Digits behind the point, by ISO 4217 code."""

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

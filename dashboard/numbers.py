"""Numbers as people read them. Pure; `None` means that there is nothing to divide by."""

NOTHING = "–"


def count(value: float | None) -> str:
    """A whole number with separators, shortened from a million on.

    >>> count(1234), count(12_345_678), count(None)
    ('1,234', '12.3M', '–')
    """
    if value is None:
        return NOTHING
    if value >= 1_000_000_000:
        return f"{value / 1e9:.1f}B"
    if value >= 1_000_000:
        return f"{value / 1e6:.1f}M"
    return f"{value:,.0f}"


def ratio(value: float | None) -> str:
    """Two decimals.

    >>> ratio(2.5), ratio(None)
    ('2.50', '–')
    """
    return NOTHING if value is None else f"{value:.2f}"


def amount(value: float | None) -> str:
    """Money in the main unit of its currency, whole from a hundred thousand on.

    >>> amount(1234.5), amount(1_234_567.8), amount(None)
    ('1,234.50', '1,234,568', '–')
    """
    if value is None:
        return NOTHING
    return f"{value:,.0f}" if abs(value) >= 100_000 else f"{value:,.2f}"


def percent(value: float | None) -> str:
    """A percentage that is already 0–100.

    >>> percent(43), percent(None)
    ('43%', '–')
    """
    return NOTHING if value is None else f"{value:.0f}%"


def duration(seconds: float | None) -> str:
    """Minutes and seconds; hours from one hour on.

    >>> duration(42), duration(125), duration(3700), duration(None)
    ('42s', '2m 05s', '1h 01m', '–')
    """
    if seconds is None:
        return NOTHING
    whole = round(seconds)
    if whole < 60:
        return f"{whole}s"
    if whole < 3600:
        return f"{whole // 60}m {whole % 60:02d}s"
    return f"{whole // 3600}h {whole % 3600 // 60:02d}m"


def share(value: float | None) -> str:
    """A percentage that is already 0-100, with one decimal below ten.

    >>> share(3.25), share(43.2), share(None)
    ('3.2%', '43%', '–')
    """
    if value is None:
        return NOTHING
    return f"{value:.1f}%" if 0 < value < 10 else f"{value:.0f}%"


def change(value: float | None, *, in_points: bool = False) -> str:
    """How much a number changed, with an arrow; nothing if that is not known.

    >>> change(12), change(-5.25, in_points=True), change(0), change(None)
    ('↑ 12%', '↓ 5.2 points', 'no change', '')
    """
    if value is None:
        return ""
    if not value:
        return "no change"
    arrow, size = "↑" if value > 0 else "↓", abs(value)
    return f"{arrow} {size:.1f} points" if in_points else f"{arrow} {size:,.0f}%"

"""Width of the window to one of four classes. Pure.

The borders are those that Plausible and many style sheets use. The width itself ends here.
"""

_TABLET_FROM = 576
_LAPTOP_FROM = 992
_DESKTOP_FROM = 1440

MOBILE, TABLET, LAPTOP, DESKTOP = "Mobile", "Tablet", "Laptop", "Desktop"


def screen_class(width: int) -> str:
    """Class of a width in CSS pixels; empty if the width is unknown (0 or less).

    >>> screen_class(390), screen_class(576), screen_class(992), screen_class(1440), screen_class(0)
    ('Mobile', 'Tablet', 'Laptop', 'Desktop', '')
    """
    if width <= 0:
        return ""
    if width < _TABLET_FROM:
        return MOBILE
    if width < _LAPTOP_FROM:
        return TABLET
    return LAPTOP if width < _DESKTOP_FROM else DESKTOP

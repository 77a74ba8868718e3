"""Reads what a browser says of itself in client hints: family, platform, phone or not.

Only hints that browsers send unasked are read (wicg.github.io/ua-client-hints); nothing here asks for more. Made-up
brands that keep parsers honest ("Not/A)Brand") are no names of the table, and so is everything else that is unknown.
Pure.
"""

import re
from typing import NamedTuple

from appliance.hits import ClientHints

_MAX_HEADER = 512
_BRAND = re.compile(r'"((?:[^"\\]|\\.){1,64})"\s*;\s*v="([0-9]{1,3})')
"""An item of a list with its parameter (RFC 8941); of the version the first number."""
_QUOTED = re.compile(r'\s*"([^"\\]{0,32})"\s*')

_BRANDS = {
    "Avast Secure Browser": "Avast Secure Browser",
    "AVG Secure Browser": "AVG",
    "Brave": "Brave",
    "Coc Coc": "Cốc Cốc",
    "CocCoc": "Cốc Cốc",
    "DuckDuckGo": "DuckDuckGo",
    "Ecosia": "Ecosia",
    "HeyTapBrowser": "HeyTap Browser",
    "Huawei Browser": "Huawei Browser",
    "HuaweiBrowser": "Huawei Browser",
    "Meta Quest Browser": "Oculus Browser",
    "Microsoft Edge": "Edge",
    "Microsoft Edge WebView2": "Edge",
    "Miui Browser": "Miui Browser",
    "MiuiBrowser": "Miui Browser",
    "Norton Private Browser": "Norton",
    "Norton Secure Browser": "Norton",
    "Oculus Browser": "Oculus Browser",
    "Opera": "Opera",
    "Opera GX": "Opera GX",
    "Opera Mini": "Opera",
    "Opera Mobile": "Opera",
    "QQBrowser": "QQ Browser",
    "Quark": "Quark",
    "Samsung Internet": "Samsung Internet",
    "SamsungBrowser": "Samsung Internet",
    "UCBrowser": "UC Browser",
    "Vivaldi": "Vivaldi",
    "Whale": "Whale",
    "Yandex": "Yandex",
    "YaBrowser": "Yandex",
}
"""Brand → name in reports, for browsers that say more in their brand than in their agent."""
_PLAIN = {"Google Chrome": "Chrome", "Chromium": "Chromium"}
"""Brands that most browsers carry beside their own; the first one counts if there is no other."""
_HEADLESS = frozenset({"HeadlessChrome", "HeadlessEdg", "HeadlessShell"})
_OTHER_SHELLS = frozenset({"Android WebView"})
"""The page is shown inside an app; which one, the agent may know."""

_PLATFORMS = {
    "Android": "Android",
    "Chrome OS": "Chrome OS",
    "Chromium OS": "Chrome OS",
    "iOS": "iOS",
    "Linux": "Linux",
    "macOS": "macOS",
    "Windows": "Windows",
}
_WINDOWS_11 = 13
"""Major of the platform version from which Windows is 11; learn.microsoft.com, "Detect Windows 11 using User-Agent
Client Hints". Below: 10, and 0 for 7 and 8."""


class Hinted(NamedTuple):
    """What the hints say. Empty strings and None for what they do not."""

    browser: str = ""
    browser_major: str = ""
    os: str = ""
    os_major: str = ""
    is_mobile: bool | None = None
    is_headless: bool = False


NOTHING = Hinted()


def read_hints(hints: ClientHints) -> Hinted:
    """Read the raw headers; malformed ones say nothing.

    >>> read_hints(ClientHints('"Not)A;Brand";v="99", "Chromium";v="140", "Brave";v="140"', "?0", '"Windows"'))
    Hinted(browser='Brave', browser_major='140', os='Windows', os_major='', is_mobile=False, is_headless=False)
    """
    if not hints.brands and not hints.platform and not hints.mobile:
        return NOTHING
    brands = dict(_BRAND.findall(hints.brands[:_MAX_HEADER]))
    browser, major = _browser(brands)
    system = _PLATFORMS.get(_unquoted(hints.platform), "")
    return Hinted(
        browser,
        major,
        system,
        _os_major(system, _unquoted(hints.platform_version)),
        {"?1": True, "?0": False}.get(hints.mobile.strip()),
        not _HEADLESS.isdisjoint(brands),
    )


def _browser(brands: dict[str, str]) -> tuple[str, str]:
    for brand, major in brands.items():
        if brand in _BRANDS:
            return _BRANDS[brand], major
    if not _OTHER_SHELLS.isdisjoint(brands):
        return "", ""
    for brand, name in _PLAIN.items():
        if brand in brands:
            return name, brands[brand]
    return "", ""


def _unquoted(header: str) -> str:
    found = _QUOTED.fullmatch(header)
    return found[1] if found else ""


def _os_major(system: str, version: str) -> str:
    major = version.partition(".")[0]
    if not major.isascii() or not major.isdigit():
        return ""
    if system == "Windows":
        return ("11" if int(major) >= _WINDOWS_11 else "10") if int(major[:4]) else ""
    return major

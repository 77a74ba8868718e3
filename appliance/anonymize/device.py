"""Reduces user agent and client hints to browser, system (each with major version at most) and device class.

The texts themselves end here. Results are remembered under a keyed hash, never under the text.
"""

from typing import NamedTuple

from ua_parser import OS, UserAgent
from ua_parser.core import Domain
from ua_parser.loaders import load_lazy_builtins
from ua_parser.regex import Resolver

from appliance.anonymize.bots import BotList
from appliance.anonymize.client_hints import NOTHING, Hinted, read_hints
from appliance.anonymize.device_names import APPS, BROWSERS, SYSTEMS, browser_version, os_version
from appliance.anonymize.memo import KeyedMemo
from appliance.hits import NO_HINTS, ClientHints

_MEMO_ENTRIES = 20_000
_MAX_AGENT = 1_000
"""Characters of an agent that are looked at. Browsers have 100 to 400."""

_DESKTOPS = frozenset({"Windows", "macOS", "Linux", "Chrome OS", "FreeBSD", "OpenBSD", "NetBSD"})
_TV_MARKS = (
    "SMART-TV",
    "SmartTV",
    "Smart TV",
    "Tizen",
    "Web0S",
    "HbbTV",
    "AppleTV",
    "Apple TV",
    "BRAVIA",
    "; AFT",
    "Roku",
    "CrKey",
    "Chromecast",
    "GoogleTV",
    "Google TV",
    "Android TV",
)
_CONSOLE_MARKS = ("PlayStation", "Xbox", "Nintendo")


_GENERIC = frozenset({"", "Chrome", "Chromium"})
"""Browsers that many others call themselves in their agent; a brand knows better."""
_SHELLS = frozenset({"", "Chrome", "Safari"})
"""What an app that shows pages looks like to who does not know the app."""
_PLATFORM_KNOWS = frozenset({"", "Windows", "macOS", "Linux", "Android", "Chrome OS"})
"""Systems of an agent that the platform hint may correct: a tablet that asks for desktop pages says Linux."""
_FROZEN_ANDROID = "Android 10; K)"
"""Chrome says so on every Android: chromium.org/updates/ua-reduction."""


class Device(NamedTuple):
    """What is left of a user agent. Empty strings for unknown."""

    browser: str
    browser_version: str
    """Family and major version: "Chrome 126"."""
    os: str
    os_version: str
    device: str
    """Desktop, Mobile, Tablet, TV, Console or Other."""
    is_bot: bool


BOT = Device("", "", "", "", "", is_bot=True)


class DeviceParser:
    """Parses agents and hints, remembering the last 20,000 results."""

    def __init__(self) -> None:
        user_agents, systems, _ = load_lazy_builtins()
        self._parser = Resolver((user_agents, systems, []))
        self._bots = BotList()
        self._memo: KeyedMemo[Device] = KeyedMemo(_MEMO_ENTRIES)

    def parse(self, user_agent: str, hints: ClientHints = NO_HINTS) -> Device:
        """Reduce one agent. A known one costs 1.5 µs, a new one 20–100 µs."""
        # Lengths keep agent and hints apart; a header has no line break.
        message = user_agent if hints is NO_HINTS else "\n".join((str(len(user_agent)), user_agent, *hints))
        key = self._memo.hashed(message.encode("utf-8", "surrogatepass"))
        device = self._memo.get(key)
        if device is None:
            device = self._parsed(user_agent[:_MAX_AGENT], hints)
            self._memo.put(key, device)
        return device

    def _parsed(self, user_agent: str, hints: ClientHints) -> Device:
        hinted = read_hints(hints)
        if hinted.is_headless or self._bots.names(user_agent):
            return BOT
        found = self._parser(user_agent, Domain.USER_AGENT | Domain.OS)
        return reduce_agent(found.user_agent, found.os, user_agent, hinted)


def reduce_agent(browser: UserAgent | None, system: OS | None, user_agent: str, hinted: Hinted = NOTHING) -> Device:
    """Family, major version and class of a parsed agent, with what the hints know better."""
    name, major = _browser(browser, user_agent, hinted)
    os_name, os_major = _system(system, user_agent, hinted)
    return Device(
        browser=name,
        browser_version=browser_version(name, major),
        os=os_name,
        os_version=os_version(os_name, os_major),
        device=_device_class(os_name, user_agent, hinted.is_mobile),
        is_bot=False,
    )


def _browser(found: UserAgent | None, user_agent: str, hinted: Hinted) -> tuple[str, str | None]:
    name = BROWSERS.get(found.family, "") if found else ""
    if name in _SHELLS:
        for mark, app in APPS.items():
            if mark in user_agent:
                return app, None
    if hinted.browser and name in _GENERIC:
        return hinted.browser, hinted.browser_major
    return name, found.major if found else None


def _system(found: OS | None, user_agent: str, hinted: Hinted) -> tuple[str, str | None]:
    name = SYSTEMS.get(found.family, "") if found else ""
    major = found.major if found and _FROZEN_ANDROID not in user_agent else None
    if hinted.os and name in _PLATFORM_KNOWS:
        return hinted.os, hinted.os_major or (major if name == hinted.os else None)
    return name, major


def _device_class(system: str, user_agent: str, is_mobile: bool | None) -> str:
    if any(mark in user_agent for mark in _CONSOLE_MARKS):
        return "Console"
    if any(mark in user_agent for mark in _TV_MARKS):
        return "TV"
    # Internet Explorer says "Tablet PC" on every Windows 7 machine.
    if "iPad" in user_agent or "Kindle" in user_agent or ("Tablet" in user_agent and "Tablet PC" not in user_agent):
        return "Tablet"
    if "OculusBrowser/" in user_agent:
        return "Other"
    if system == "Android":
        # Android's own rule: phones say "Mobile", tablets do not. These two never say it.
        marked = "Mobile" in user_agent or "Opera Mini/" in user_agent or "Dalvik/" in user_agent
        is_phone = marked if is_mobile is None else is_mobile
        return "Mobile" if is_phone else "Tablet"
    if system == "iOS" or is_mobile or "Mobile" in user_agent or "Phone" in user_agent:
        return "Mobile"
    return "Desktop" if system in _DESKTOPS else "Other"

"""The names that browsers and systems may have in the counters.

A user agent is free text, and ua-parser takes some families straight out of it ("JaneDoe/1.0 CFNetwork/1408" is a
browser called JaneDoe). Reports show browsers and systems however few visitors have them, so only names of this
table are let through; any other family is unknown. To add one: its name in ua-parser's `regexes.yaml`, and ours.
"""

import re

_MAJOR = re.compile(r"[0-9]{1,3}")
_WINDOWS_MAJORS = frozenset({"XP", "Vista", "2000", "ME", "RT", "CE", "NT"})


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


_BROWSERS_AS_THEY_ARE = """
Aloha Browser, Amazon Silk, AOL, Apple Mail, Avast Secure Browser, AVG, Baidu Browser, Basilisk,
BlackBerry WebKit, Brave, Camino, Chrome, Chromium, Comodo Dragon, curl, DuckDuckGo, Edge, Epiphany,
Facebook, Facebook Messenger, Firefox, Go-http-client, Google, HeyTap Browser, Honor Browser, Huawei Browser,
Iceweasel, Instagram, Iron, Java, K-Meleon, KakaoTalk, Konqueror, LINE, LinkedIn, Lynx, Maxthon,
Microsoft Teams, Mint Browser, Mypal Browser, NetFront, Netscape, Nokia Browser, Norton, Oculus Browser,
okhttp, Opera, Opera GX, Opera Neon, Outlook, Pale Moon, Phoenix Browser, Pinterest, Puffin, Python aiohttp,
Python Requests, QQ Browser, Qt Web Engine, Quark, QupZilla, Safari, Sailfish Browser, Samsung Internet,
SeaMonkey, Skype, Sleipnir, Snapchat, Sogou Explorer, Steam Client, Telegram, Thunderbird, TikTok,
Tizen Browser, Twitter, UC Browser, Vewd Browser, Vivaldi, Waterfox, webOS Browser, Weibo, Wget, Whale,
Wolvic Browser
"""
BROWSERS = {name: name for name in _names(_BROWSERS_AS_THEY_ARE)} | {
    "Android": "Android Browser",
    "Chrome Mobile": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "HeadlessChrome": "Chrome",
    "Coc Coc": "Cốc Cốc",
    "DuckDuckGo Mobile": "DuckDuckGo",
    "Ecosia Android": "Ecosia",
    "Ecosia iOS": "Ecosia",
    "Edge Mobile": "Edge",
    "Firefox Alpha": "Firefox",
    "Firefox Beta": "Firefox",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "IE": "Internet Explorer",
    "IE Large Screen": "Internet Explorer",
    "IE Mobile": "Internet Explorer",
    "MiuiBrowser": "Miui Browser",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Opera Mini": "Opera",
    "Opera Mobile": "Opera",
    "Opera Tablet": "Opera",
    "Opera Touch": "Opera",
    "QQ Browser Mini": "QQ Browser",
    "QQ Browser Mobile": "QQ Browser",
    "Seznam prohlížeč": "Seznam",
    "WeChat Browser": "WeChat",
    "Yandex Browser": "Yandex",
}
"""ua-parser's family → name in reports."""

APPS = {
    "[LinkedInApp]": "LinkedIn",
    "Ecosia/": "Ecosia",
    "KAKAOTALK": "KakaoTalk",
    "MicroMessenger/": "WeChat",
    "Quark/": "Quark",
    "Tumblr/": "Tumblr",
    "Viber/": "Viber",
}
"""Marks of apps and browsers that ua-parser takes for the browser inside → name in reports."""

_SYSTEMS_AS_THEY_ARE = """
Android, Bada, BlackBerry OS, BlackBerry Tablet OS, Chrome OS, Firefox OS, FreeBSD, HarmonyOS, iOS, KaiOS,
Maemo, MeeGo, NetBSD, OpenBSD, Roku, Sailfish, SerenityOS, Solaris, Symbian OS, Tizen, tvOS, WatchOS, webOS,
Windows
"""
_LINUX = """
Arch Linux, CentOS, Chromecast Linux, Debian, Fedora, Gentoo, Kubuntu, Linux, Linux Mint, Lubuntu, Mageia,
Mandriva, openSUSE, PCLinuxOS, Puppy, Red Hat, Slackware, SUSE, Ubuntu
"""
SYSTEMS = (
    {name: name for name in _names(_SYSTEMS_AS_THEY_ARE)}
    | dict.fromkeys(_names(_LINUX), "Linux")
    | {
        "ATV OS X": "tvOS",
        "Mac OS": "macOS",
        "Mac OS X": "macOS",
        "Chromecast Android": "Android",
        "Web0S": "webOS",
        "Windows Mobile": "Windows",
        "Windows Phone": "Windows",
    }
)
"""ua-parser's family → name in reports."""

_BUILDS_ONLY = frozenset({"Apple Mail", "Epiphany"})
"""Their agents carry the build of WebKit instead of a version."""
_UNVERSIONED = frozenset({"Linux", "Chrome OS", "macOS"})
"""Their version in the agent is frozen or a build number, so it says nothing."""


def browser_version(browser: str, major: str | None) -> str:
    """Family and major version; the family alone if the version is none or no number a browser could have.

    >>> browser_version("Chrome", "126"), browser_version("Chrome", "4711471147114711"), browser_version("", "1")
    ('Chrome 126', 'Chrome', '')
    """
    known = browser and browser not in _BUILDS_ONLY and major and _MAJOR.fullmatch(major)
    return f"{browser} {major}" if known else browser


def os_version(system: str, major: str | None) -> str:
    """Family and major version of a system, where the agent tells it truly.

    >>> os_version("Windows", "XP"), os_version("iOS", "17"), os_version("Linux", "6"), os_version("Android", "Donut")
    ('Windows XP', 'iOS 17', 'Linux', 'Android')
    """
    if not major or system in _UNVERSIONED:
        return system
    known = _MAJOR.fullmatch(major) or (system == "Windows" and major in _WINDOWS_MAJORS)
    return f"{system} {major}" if system and known else system

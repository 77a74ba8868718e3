"""Agents become family, major version and class, and are forgotten."""

import gc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.device import DeviceParser
from appliance.anonymize.device_names import BROWSERS, SYSTEMS

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
PARSER = DeviceParser()


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36",
            ("Chrome", "Chrome 126", "Windows", "Windows 10", "Desktop"),
        ),
        (
            f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0",
            ("Edge", "Edge 126", "Windows", "Windows 10", "Desktop"),
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:127.0) Gecko/20100101 Firefox/127.0",
            ("Firefox", "Firefox 127", "macOS", "macOS", "Desktop"),
        ),
        (
            "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
            ("Firefox", "Firefox 127", "Linux", "Linux", "Desktop"),
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Mobile/15E148 Safari/604.1",
            ("Safari", "Safari 17", "iOS", "iOS 17", "Mobile"),
        ),
        (
            "Mozilla/5.0 (iPad; CPU OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/17.5 Mobile/15E148 Safari/604.1",
            ("Safari", "Safari 17", "iOS", "iOS 17", "Tablet"),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; Pixel 8) {WEBKIT} SamsungBrowser/25.0 Chrome/121.0 Mobile Safari/537.36",
            ("Samsung Internet", "Samsung Internet 25", "Android", "Android 14", "Mobile"),
        ),
        (
            f"Mozilla/5.0 (Linux; Android 14; SM-X910) {WEBKIT} Chrome/126.0.0.0 Safari/537.36",
            ("Chrome", "Chrome 126", "Android", "Android 14", "Tablet"),
        ),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36",
            ("Chrome", "Chrome 126", "Chrome OS", "Chrome OS", "Desktop"),
        ),
        (
            f"Mozilla/5.0 (SMART-TV; Linux; Tizen 6.0) {WEBKIT} Version/6.0 TV Safari/537.36",
            ("Safari", "Safari 6", "Tizen", "Tizen 6", "TV"),
        ),
        (
            "Mozilla/5.0 (PlayStation; PlayStation 5/2.26) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/13.0",
            ("Apple Mail", "Apple Mail 605", "", "", "Console"),
        ),
        (
            f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} HeadlessChrome/156.0.0.0 Safari/537.36",
            ("Chrome", "Chrome 156", "Linux", "Linux", "Desktop"),
        ),
        (
            f"Mozilla/5.0 (X11; Linux armv7l) {WEBKIT} Chrome/90.0.4430.225 Safari/537.36 CrKey/1.56.500000",
            ("Chrome", "Chrome 90", "Linux", "Linux", "TV"),
        ),
        (
            "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; WOW64; Trident/5.0; Tablet PC 2.0)",
            ("Internet Explorer", "Internet Explorer 9", "Windows", "Windows 7", "Desktop"),
        ),
        (
            "Mozilla/5.0 (Windows NT 5.1; rv:52.0) Gecko/20100101 Firefox/52.0",
            ("Firefox", "Firefox 52", "Windows", "Windows XP", "Desktop"),
        ),
        (
            "Mozilla/5.0 (Mobile; Nokia_8110_4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5",
            ("Firefox", "Firefox 48", "KaiOS", "KaiOS 2", "Mobile"),
        ),
        ("something unheard of", ("", "", "", "", "Other")),
    ],
)
def test_agent_becomes_family_version_and_class(agent: str, expected: tuple[str, ...]) -> None:
    device = PARSER.parse(agent)
    assert not device.is_bot
    assert device[:5] == expected


@pytest.mark.parametrize(
    "agent",
    [
        "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
        "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
        "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
        "",
        "   ",
    ],
)
def test_spiders_and_empty_agents_are_bots(agent: str) -> None:
    assert PARSER.parse(agent).is_bot


@pytest.mark.parametrize(
    ("agent", "expected"),
    [
        ("JaneDoe4711/1.0 CFNetwork/1408.0.4 Darwin/22.5.0", ("", "", "iOS", "iOS 16")),
        ("Opera/9.80 (Linux; HbbTV/1.2.1 (; JANEDOE ; x; 2013 ) )", ("", "", "", "")),
        (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/47110815.0", ("Chrome", "Chrome", "Linux", "Linux")),
    ],
)
def test_words_and_numbers_of_the_agents_own_choice_are_not_let_through(agent: str, expected: tuple[str, ...]) -> None:
    assert PARSER.parse(agent)[:4] == expected


@given(
    st.sampled_from(
        ["{0}/1.0 CFNetwork/1", "({0}; {0})", "Mozilla/5.0 ({0} {1}) {0}/{1}", "HbbTV/1.1.1 (; {0};{1};2013)"]
    ),
    st.text(max_size=30),
    st.sampled_from(sorted(BROWSERS) + sorted(SYSTEMS)),
)
def test_browsers_and_systems_are_names_of_our_own_table(frame: str, text: str, known: str) -> None:
    device = PARSER.parse(frame.format(text, known))
    assert device.browser in {"", *BROWSERS.values()}
    assert device.os in {"", *SYSTEMS.values()}
    assert device.browser_version.removeprefix(device.browser)[1:].isdigit() or device.browser_version == device.browser


def test_text_of_an_agent_is_not_kept() -> None:
    parser = DeviceParser()
    agent = "canary-" + "agent-4711"
    parser.parse(agent)
    assert agent not in repr(parser._memo)
    gc.collect()
    held = [o for o in gc.get_referrers(agent) if isinstance(o, dict | list | tuple) and o is not locals()]
    assert not any(o is parser._memo for o in held)


def test_memory_of_results_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("appliance.anonymize.device._MEMO_ENTRIES", 10)
    parser = DeviceParser()
    for number in range(50):
        parser.parse(f"agent {number}")
    assert len(parser._memo) == 10

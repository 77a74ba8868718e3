"""Agents and client hints become family, major version and class, and are forgotten."""

import gc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.anonymize.device import BOT, DeviceParser
from appliance.anonymize.device_names import APPS, BROWSERS, SYSTEMS
from appliance.hits import ClientHints

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
WINDOWS = f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36"
ANDROID = f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/140.0.0.0 Mobile Safari/537.36"
LINUX = f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/140.0.0.0 Safari/537.36"
PARSER = DeviceParser()
LINES = (Path(__file__).parent / "agents.tsv").read_text(encoding="utf-8").splitlines()
AGENTS = [line.split("\t") for line in LINES if not line.startswith("#")]


def brands(*names: str) -> str:
    return ", ".join(f'"{name}";v="140"' for name in ("Not;A=Brand", "Chromium", *names))


@pytest.mark.parametrize(("browser", "system", "device", "agent"), AGENTS)
def test_agent_of_a_person_becomes_family_version_and_class(browser: str, system: str, device: str, agent: str) -> None:
    found = PARSER.parse(agent)
    assert not found.is_bot
    assert (found.browser_version, found.os_version, found.device) == (browser, system, device)
    assert found.browser_version.startswith(found.browser)
    assert found.os_version.startswith(found.os)


def test_table_of_agents_is_long_enough() -> None:
    assert len(AGENTS) >= 150


@pytest.mark.parametrize("agent", ["Googlebot/2.1", "", "   ", WINDOWS.replace("Chrome/", "HeadlessChrome/")])
def test_programs_are_bots_and_nothing_else(agent: str) -> None:
    assert PARSER.parse(agent) == BOT


@pytest.mark.parametrize(
    ("agent", "hints", "expected"),
    [
        (WINDOWS, ClientHints(brands("Google Chrome"), "?0", '"Windows"'), ("Chrome 140", "Windows 10", "Desktop")),
        (WINDOWS, ClientHints(brands("Brave"), "?0", '"Windows"'), ("Brave 140", "Windows 10", "Desktop")),
        (WINDOWS, ClientHints(brands("Brave"), "?0", '"Windows"', '"15.0.0"'), ("Brave 140", "Windows 11", "Desktop")),
        (WINDOWS, ClientHints(brands(), "?0", '"Windows"', '"10.0.0"'), ("Chromium 140", "Windows 10", "Desktop")),
        (LINUX, ClientHints(brands("Opera"), "?0", '"Chrome OS"'), ("Opera 140", "Chrome OS", "Desktop")),
        (LINUX, ClientHints(brands("Vivaldi"), "?0", '"macOS"', '"14.5.0"'), ("Vivaldi 140", "macOS", "Desktop")),
        # A tablet that asks for desktop pages
        (
            LINUX,
            ClientHints(brands("Samsung Internet"), "?0", '"Android"'),
            ("Samsung Internet 140", "Android", "Tablet"),
        ),
        (ANDROID, ClientHints(brands("Google Chrome"), "?1", '"Android"'), ("Chrome 140", "Android", "Mobile")),
        (
            ANDROID,
            ClientHints(brands("Google Chrome"), "?1", '"Android"', '"15.0.0"'),
            ("Chrome 140", "Android 15", "Mobile"),
        ),
        (ANDROID, ClientHints(brands("Android WebView"), "?1", '"Android"'), ("Chrome 140", "Android", "Mobile")),
        (ANDROID.replace(" Mobile", ""), ClientHints("", "?1", '"Android"'), ("Chrome 140", "Android", "Mobile")),
        # What the agent says more precisely stands
        (
            f"{ANDROID} [FB_IAB/FB4A;FBAV/467.0;]",
            ClientHints(brands("Android WebView")),
            ("Facebook 467", "Android", "Mobile"),
        ),
        (f"{WINDOWS} Edg/141.0.0.0", ClientHints(brands("Google Chrome")), ("Edge 141", "Windows 10", "Desktop")),
        (
            "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            ClientHints(brands("Brave")),
            ("Firefox 140", "Linux", "Desktop"),
        ),
        (WINDOWS, ClientHints("nonsense", "yes", "Windows"), ("Chrome 140", "Windows 10", "Desktop")),
    ],
)
def test_hints_say_what_the_agent_hides(agent: str, hints: ClientHints, expected: tuple[str, ...]) -> None:
    found = PARSER.parse(agent, hints)
    assert (found.browser_version, found.os_version, found.device) == expected


def test_browser_that_calls_itself_headless_in_its_brands_is_a_bot() -> None:
    assert PARSER.parse(WINDOWS, ClientHints(brands("HeadlessChrome"))) == BOT


def test_one_agent_with_and_without_hints_is_remembered_apart() -> None:
    parser = DeviceParser()
    hints = ClientHints(brands("Brave"))
    found = [parser.parse(WINDOWS), parser.parse(WINDOWS, hints), parser.parse(WINDOWS), parser.parse(WINDOWS, hints)]
    assert [device.browser for device in found] == ["Chrome", "Brave", "Chrome", "Brave"]


def test_only_the_first_thousand_characters_of_an_agent_are_looked_at() -> None:
    assert not PARSER.parse(WINDOWS + " " * 900 + "Googlebot/2.1").is_bot


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
    assert device.browser in {"", *BROWSERS.values(), *APPS.values()}
    assert device.os in {"", *SYSTEMS.values()}
    assert device.browser_version.removeprefix(device.browser)[1:].isdigit() or device.browser_version == device.browser


def test_text_of_an_agent_is_not_kept() -> None:
    parser = DeviceParser()
    agent, platform = "canary-" + "agent-4711", '"canary-' + 'hint"'
    parser.parse(agent, ClientHints(platform=platform))
    gc.collect()
    for text in (agent, platform):
        assert text not in repr(parser._memo._young)
        held = [found for found in gc.get_referrers(text) if isinstance(found, dict | list | tuple)]
        assert not any(found is parser._memo._young for found in held)

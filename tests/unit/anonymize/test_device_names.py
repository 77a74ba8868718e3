"""Names and versions that may be shown however few visitors have them."""

import pytest

from appliance.anonymize.device_names import browser_version, os_version


@pytest.mark.parametrize(
    ("browser", "major", "expected"),
    [
        ("Chrome", "126", "Chrome 126"),
        ("Chrome", "", "Chrome"),
        ("Chrome", None, "Chrome"),
        ("Chrome", "1264", "Chrome"),
        ("Chrome", "jane", "Chrome"),
        ("", "126", ""),
    ],
)
def test_browser_version_has_three_digits_at_most(browser: str, major: str | None, expected: str) -> None:
    assert browser_version(browser, major) == expected


@pytest.mark.parametrize(
    ("system", "major", "expected"),
    [
        ("Windows", "10", "Windows 10"),
        ("Windows", "Vista", "Windows Vista"),
        ("Windows", "jane", "Windows"),
        ("Android", "XP", "Android"),
        ("iOS", "99887766", "iOS"),
        ("macOS", "10", "macOS"),
        ("Linux", "6", "Linux"),
        ("", "10", ""),
        ("iOS", None, "iOS"),
    ],
)
def test_system_version_is_a_small_number_or_a_known_word(system: str, major: str | None, expected: str) -> None:
    assert os_version(system, major) == expected

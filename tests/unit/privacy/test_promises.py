"""Settings in plain words: each line of the two sections, as it is set."""

from datetime import date

import msgspec
import pytest

from appliance.privacy.promises import promises, relaxed_defaults
from appliance.settings import (
    KeyringSettings,
    PrivacySettings,
    Relaxation,
    RetentionSettings,
    Settings,
    SiteRetentionSettings,
    SiteSettings,
)

TODAY = date(2026, 11, 29)


def _meaning(settings: Settings, key: str) -> str:
    return next(one.meaning for one in promises(settings) if one.key == key)


def test_every_key_of_both_sections_is_explained() -> None:
    explained = {(one.section, one.key) for one in promises(Settings())}
    expected = {("privacy", key) for key in PrivacySettings.__struct_fields__ if key != "relaxations"}
    assert explained == expected | {("retention", key) for key in RetentionSettings.__struct_fields__}


@pytest.mark.parametrize(
    ("key", "value", "word"),
    [
        ("k", 12, "from 12 visitors"),
        ("place", "none", "No place"),
        ("place", "country", "only the country"),
        ("place", "region", "region"),
        ("place", "city", "cities"),
        ("language", True, "first language"),
        ("language", False, "not looked at"),
        ("screen", True, "four classes"),
        ("screen", False, "not counted"),
        ("referrer_path", True, "redacted path"),
        ("referrer_path", False, "only the host"),
    ],
)
def test_words_follow_the_value(key: str, value: object, word: str) -> None:
    privacy = msgspec.structs.replace(PrivacySettings(), **{key: value})
    assert word in _meaning(Settings(privacy=privacy), key)


def test_limits_and_those_of_single_sites_are_said() -> None:
    settings = Settings(
        retention=RetentionSettings(outcomes="3 months"),
        sites=(SiteSettings(id="a.example", retention=SiteRetentionSettings(outcomes="1 months")),),
    )
    found = [(one.value, one.site) for one in promises(settings) if one.key == "outcomes"]
    assert found == [("3 months", ""), ("1 months", "a.example")]


def test_nothing_is_relaxed_by_default() -> None:
    assert relaxed_defaults(Settings(), TODAY) == []
    assert not any(one.is_relaxed for one in promises(Settings()))


@pytest.mark.parametrize(("review_by", "is_overdue"), [("2026-11-28", True), ("2026-11-29", False)])
def test_a_relaxation_has_its_reason_approver_and_review(review_by: str, *, is_overdue: bool) -> None:
    relaxation = Relaxation(setting="privacy.referrer_path", reason="partners", approved_by="Dora", review_by=review_by)
    settings = Settings(privacy=PrivacySettings(referrer_path=True, relaxations=(relaxation,)))
    (found,) = relaxed_defaults(settings, TODAY)
    assert (found.reason, found.approved_by, found.review_by) == ("partners", "Dora", review_by)
    assert found.is_overdue is is_overdue
    assert "redacted path" in found.meaning


def test_keys_on_a_disk_and_a_movable_clock_are_relaxations() -> None:
    settings = Settings(keyring=KeyringSettings(allow_disk=True, reason="no tmpfs"))
    assert [(one.setting, one.reason) for one in relaxed_defaults(settings, TODAY)] == [
        ("keyring.allow_disk", "no tmpfs")
    ]
    server = msgspec.structs.replace(Settings().server, test_clock_file="/x")
    relaxed = [one.key for one in promises(Settings(server=server)) if one.is_relaxed]
    assert relaxed == ["test_clock_file"]

"""Limits in words mean days; none exceeds its cap, and no part outlives its whole."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from appliance.errors import SettingsError
from appliance.settings import Settings, parse
from appliance.settings.time_limits import TimeLimit, limit, limit_of


def settings(retention: dict[str, str] | None = None, **site: str) -> Settings:
    raw: dict[str, Any] = {"retention": retention or {}, "sites": [{"id": "a.example", "retention": site}]}
    return parse(raw, base=Path("/"))


@pytest.mark.parametrize(
    ("words", "today", "first_kept"),
    [
        ("25 months", date(2026, 11, 23), date(2024, 10, 23)),
        ("1 months", date(2024, 3, 31), date(2024, 2, 29)),
        ("2 months", date(2026, 1, 15), date(2025, 11, 15)),
        ("12 months", date(2024, 2, 29), date(2023, 2, 28)),
        ("90 days", date(2026, 3, 1), date(2025, 12, 1)),
    ],
)
def test_a_limit_names_the_first_day_that_is_kept(words: str, today: date, first_kept: date) -> None:
    assert limit(words).first_kept(today) == first_kept


@given(st.dates(date(2020, 1, 1), date(2090, 1, 1)), st.integers(1, 120), st.sampled_from(["days", "months"]))
def test_the_first_kept_day_never_goes_back(today: date, number: int, unit: str) -> None:
    kept = TimeLimit(number, unit)
    assert kept.first_kept(today) <= kept.first_kept(today + timedelta(days=1)) < today + timedelta(days=1)


@pytest.mark.parametrize(
    ("retention", "reason"),
    [
        ({"day_cells": "26 months"}, "day_cells = '26 months' is too long, 25 months are allowed"),
        ({"hour_totals": "761 days"}, "hour_totals = '761 days' is too long"),
        ({"carry": "4 months"}, "carry = '4 months' is too long, 3 months"),
        ({"evidence": "121 months"}, "too long, 120 months"),
        ({"outcomes": "two years"}, "outcomes = 'two years' is not a number of days or months"),
        ({"outcomes": "0 days"}, "not a number of days"),
        ({"outcomes": ""}, "not a number of days"),
        ({"hour_totals": "90 days"}, "day_cells = '25 months' must not be longer than hour_totals = '90 days'"),
        ({"evidence": "24 months"}, "hour_totals = '25 months' must not be longer than evidence"),
        ({"years": "2"}, "unknown"),
    ],
)
def test_a_limit_that_cannot_be_is_refused(retention: dict[str, str], reason: str) -> None:
    with pytest.raises(SettingsError, match="retention") as refused:
        settings(retention)
    assert reason in str(refused.value)


def test_a_site_has_the_same_caps() -> None:
    with pytest.raises(SettingsError, match=r"retention of site 'a.example': outcomes = '3000 days' is too long"):
        settings(outcomes="3000 days")
    with pytest.raises(SettingsError, match="must not be longer than hour_totals = '90 days'"):
        settings(hour_totals="90 days")
    with pytest.raises(SettingsError, match="evidence"):
        settings(evidence="1 days")


def test_a_site_may_differ_and_otherwise_follows() -> None:
    found = settings({"outcomes": "30 days"}, day_cells="10 days")
    site = found.site("a.example")
    assert limit_of("day_cells", found.retention, site) == "10 days"
    assert limit_of("outcomes", found.retention, site) == "30 days"
    assert limit_of("day_cells", found.retention, None) == "25 months"

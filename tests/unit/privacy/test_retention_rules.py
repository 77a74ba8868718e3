"""Every site has one rule for each kind, in its own days; all other sites have the general one."""

from datetime import UTC, date, datetime
from pathlib import Path

from appliance.privacy.retention import evidence_first_kept, rules
from appliance.settings import parse
from appliance.settings.time_limits import COUNTERS
from appliance.warehouse.retention import STOCKS

# Already the 24th in Auckland, still the 23rd in Honolulu.
NOW = datetime(2026, 11, 23, 23, 30, tzinfo=UTC).timestamp()
SETTINGS = parse(
    {
        "sites": [
            {"id": "east", "timezone": "Pacific/Auckland"},
            {"id": "west", "timezone": "Pacific/Honolulu"},
            {"id": "short", "timezone": "UTC", "retention": {"outcomes": "30 days"}},
        ]
    },
    base=Path("/"),
)


def cutoffs(kind: str) -> dict[str, date]:
    return {
        site: rule.cutoff
        for rule in rules(SETTINGS, NOW)
        if rule.kind == kind
        for site in (rule.sites if rule.listed else ("",))
    }


def test_every_kind_has_a_rule_for_every_site_and_for_all_others() -> None:
    assert set(COUNTERS) == set(STOCKS) == {rule.kind for rule in rules(SETTINGS, NOW)}
    for kind in COUNTERS:
        assert set(cutoffs(kind)) == {"", "east", "west", "short"}


def test_days_are_those_of_the_site() -> None:
    found = cutoffs("day_cells")
    assert (found["east"], found["west"], found[""]) == (date(2024, 10, 24), date(2024, 10, 23), date(2024, 10, 23))


def test_a_limit_of_one_site_changes_no_other() -> None:
    found = cutoffs("outcomes")
    assert (found["short"], found["west"]) == (date(2026, 10, 24), date(2025, 10, 23))


def test_the_rule_for_others_excludes_the_listed() -> None:
    others = [rule for rule in rules(SETTINGS, NOW) if not rule.listed]
    assert {rule.sites for rule in others} == {("east", "short", "west")}


def test_evidence_is_kept_longer() -> None:
    assert evidence_first_kept(SETTINGS, NOW) == date(2021, 11, 23)

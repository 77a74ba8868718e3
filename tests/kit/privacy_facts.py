"""Privacy facts as the stats API tells them, with something in every list."""

from datetime import date

from appliance.privacy.inventory import inventory
from appliance.privacy.promises import promises, relaxed_defaults
from appliance.settings import PrivacySettings, Relaxation, Settings
from appliance.stats.contract import RetentionLine
from appliance.stats.privacy_contract import (
    ClosedDay,
    EvidenceEntry,
    Holding,
    KeyAge,
    PrivacyFacts,
    Promise,
    RelaxedDefault,
    RetentionRun,
)


def privacy_facts(now: float, site: str = "example.org", text: str = "Partners want to see it.") -> PrivacyFacts:
    """Of an appliance with one relaxed default.

    Args:
        now: seconds since 1970.
        site: named in the facts.
        text: the reason of the relaxation, an entry's site and facts.
    """
    hour = 3600.0
    relaxation = Relaxation(
        setting="privacy.referrer_path", reason=text, approved_by="Dora Brandt", review_by="2026-11-01"
    )
    settings = Settings(privacy=PrivacySettings(referrer_path=True, relaxations=(relaxation,)))
    return PrivacyFacts(
        now,
        [Promise(*one) for one in promises(settings)],
        [RelaxedDefault(*one) for one in relaxed_defaults(settings, date(2026, 11, 29))],
        [Holding(*one, 1234 if one.name == "cells" else None) for one in inventory(settings)],
        [RetentionLine("outcomes", "all sites", "13 months", "2025-10-29", 4)],
        "",
        now + 11 * hour,
        [
            RetentionRun(now - 12 * hour, True, "Deleted from cells, outcomes."),
            RetentionRun(now - 36 * hour, False, text),
        ],
        [ClosedDay(site, "2026-11-28", now - 11 * hour)],
        [
            KeyAge(site, "2026-11-29", now - 12 * hour, None),
            KeyAge(site, "2026-11-28", now - 36 * hour, now - 11 * hour),
        ],
        [
            EvidenceEntry(now - 11 * hour, "day_closed", "The day is closed.", site, "2026-11-28", '{"kept": 17}'),
            EvidenceEntry(now - 12 * hour, "site_erased", "A site is erased.", text, "", text),
        ],
        1234,
        is_of_all_sites=True,
    )

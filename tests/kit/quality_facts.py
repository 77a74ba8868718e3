"""Outcomes and a set-up as the stats API tells them, with something in every list."""

from datetime import date, timedelta

from appliance.settings import (
    FunnelSettings,
    GoalSettings,
    PropertySettings,
    ShieldSettings,
    SiteSettings,
    StepSettings,
)
from appliance.stats.quality import MEANINGS
from appliance.stats.quality_contract import Backlog, Counted, LastHit, OutcomeCount, Quality, SiteSetup, TrialVerdict
from appliance.stats.site_setup import site_setup

_SHARES = (("accepted", 100), ("bot", 30), ("gpc", 12), ("dnt", 4), ("wrong_host", 3), ("duplicate", 2), ("blocked", 1))


def quality_facts(today: date, site: str = "example.org") -> Quality:
    """Thirty days, the last of them `today`."""
    days = [(today - timedelta(days=29 - step), 5 + (step * 7) % 11) for step in range(30)]
    return Quality(
        site,
        [OutcomeCount(day.isoformat(), name, share * many) for day, many in days for name, share in _SHARES],
        [OutcomeCount(f"{today} {hour:02d}:00", "accepted", 40 + hour) for hour in range(12)]
        + [OutcomeCount(f"{today} 00:00", "gpc", 9), OutcomeCount(f"{today} 09:00", "bot", 7)],
        [OutcomeCount(today.isoformat(), "unknown_site", 17)],
        MEANINGS,
        [LastHit(site, f"{today} 11:00"), LastHit("new.example", "")],
        Backlog(3, 1, 0.4, 0),
    )


def setup_facts(site: str = "example.org") -> SiteSetup:
    """A site with everything."""
    step = StepSettings
    return site_setup(
        SiteSettings(
            id=site,
            hostnames=(site, f"shop.{site}"),
            pages=("/", "/blog/*"),
            goals=(GoalSettings(name="Signup", event="signup"), GoalSettings(name="Visit /thanks", page="/thanks")),
            funnels=(FunnelSettings(name="Buy", steps=(step(page="/shop"), step(event="Purchase"))),),
            properties=(PropertySettings(key="plan", values=("pro", "free")), PropertySettings(key="author")),
            shields=ShieldSettings(addresses=("203.0.113.0/24",), pages=("/internal/*",)),
        )
    )


BLOCKED = TrialVerdict(
    "blocked", "A shield covers it, or its referrer is spam.", "shields.pages covers the page", [], []
)
COUNTED = TrialVerdict(
    *("accepted", "Counted.", ""),
    ["The page is not declared (sites.pages, sites.sitemap): lists show it from 5 visitors a day on."],
    [Counted("Page", "/x"), Counted("Country", "DE")],
)

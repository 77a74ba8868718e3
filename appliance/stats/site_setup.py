"""A site as configured, in plain words. Pure."""

from appliance.settings import SiteSettings
from appliance.stats.quality_contract import GoalSetup, SiteSetup


def site_setup(site: SiteSettings) -> SiteSetup:
    """What the set-up page shows.

    Args:
        site: with the shields of all sites in its own, as settings are after their check.
    """
    return SiteSetup(
        site.id,
        site.timezone,
        list(site.hostnames),
        list(site.pages),
        site.sitemap,
        [GoalSetup(goal.name, _reached_by(goal.event, goal.page)) for goal in site.goals],
        [
            GoalSetup(funnel.name, " → ".join(_reached_by(step.event, step.page) for step in funnel.steps))
            for funnel in site.funnels
        ],
        [GoalSetup(one.key, ", ".join(one.values) or "values from k visitors a day on") for one in site.properties],
        [
            GoalSetup(name, ", ".join(values))
            for name, values in (
                ("addresses", _counted(site.shields.addresses)),
                ("countries", site.shields.countries),
                ("pages", site.shields.pages),
                ("hostnames", site.shields.hostnames),
            )
            if values
        ],
    )


def _reached_by(event: str, page: str) -> str:
    return f"event {event}" if event else f"page {page}"


def _counted(addresses: tuple[str, ...]) -> tuple[str, ...]:
    """Addresses of an office are nobody's business here; their number is enough."""
    return (f"{len(addresses)} configured",) if addresses else ()

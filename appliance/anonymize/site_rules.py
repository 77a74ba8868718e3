"""What a site's configuration says about single hits, made ready for the hot path. Pure.

Site settings come in, sets and patterns go out: the site's hosts, its shields, goals, funnels and declared
properties.
"""

import re
from ipaddress import IPv4Address, IPv6Address, ip_network

from appliance.anonymize.page import with_www
from appliance.dimensions import ENGAGEMENT, PAGEVIEW
from appliance.settings import GoalSettings, SiteSettings, StepSettings

_NOBODY = re.compile(r"[^\s\S]")


class SiteRules:
    """Rules of one site.

    Privacy: addresses are compared in memory; nothing is remembered of them.
    """

    def __init__(self, site: SiteSettings) -> None:
        shields = site.shields
        self.site = site
        self.hostnames = with_www(site.hostnames)
        self.blocked_countries = frozenset(shields.countries)
        self.property_keys = frozenset(declared.key for declared in site.properties)
        self._networks = [_as_integers(network) for network in shields.addresses]
        self._blocked_pages = wildcard(shields.pages)
        self._blocked_hosts = frozenset(name for name in shields.hostnames if not name.startswith("*."))
        self._blocked_below = tuple(name.removeprefix("*") for name in shields.hostnames if name.startswith("*."))
        self._event_goals = _by_event(site.goals)
        self._page_goals = [(goal.name, wildcard((goal.page,))) for goal in site.goals if goal.page]
        self._funnels = [(funnel.name, [_condition(step) for step in funnel.steps]) for funnel in site.funnels]

    def blocks_address(self, address: IPv4Address | IPv6Address) -> bool:
        """Whether a shield covers the address."""
        if not self._networks:
            return False
        version, number = address.version, int(address)
        return any(version == v and number & mask == network for v, network, mask in self._networks)

    def blocks_page(self, hostname: str, path: str) -> bool:
        """Whether a shield covers the host or the redacted path."""
        if hostname in self._blocked_hosts or (self._blocked_below and hostname.endswith(self._blocked_below)):
            return True
        return self._blocked_pages.fullmatch(path) is not None

    def goals(self, name: str, path: str) -> tuple[str, ...]:
        """Names of the goals that an event of this name on this path reaches.

        >>> goals = (GoalSettings(name="Signup", event="signup"), GoalSettings(name="Paid", page="/thanks*"))
        >>> rules = SiteRules(SiteSettings(id="example.org", goals=goals))
        >>> rules.goals("signup", "/"), rules.goals("pageview", "/thanks/2"), rules.goals("signup", "/thanks")
        (('Signup',), ('Paid',), ('Signup',))
        """
        if name == ENGAGEMENT:
            return ()
        if name != PAGEVIEW:
            return self._event_goals.get(name, ())
        if not self._page_goals:
            return ()
        return tuple(goal for goal, pattern in self._page_goals if pattern.fullmatch(path))

    def steps(self, name: str, path: str) -> tuple[tuple[str, int], ...]:
        """Funnels of which an event of this name on this path satisfies any step: bit n for the step n + 1.

        >>> from appliance.settings import FunnelSettings
        >>> steps = (StepSettings(page="/*"), StepSettings(event="signup"), StepSettings(page="/thanks"))
        >>> rules = SiteRules(SiteSettings(id="example.org", funnels=(FunnelSettings(name="Join", steps=steps),)))
        >>> rules.steps("pageview", "/thanks"), rules.steps("signup", "/join"), rules.steps("other", "/")
        ((('Join', 5),), (('Join', 2),), ())
        """
        if not self._funnels or name == ENGAGEMENT:
            return ()
        found = []
        for funnel, conditions in self._funnels:
            satisfied = 0
            for number, (event, page) in enumerate(conditions):
                if name == event and (page is None or page.fullmatch(path)):
                    satisfied |= 1 << number
            if satisfied:
                found.append((funnel, satisfied))
        return tuple(found)


def wildcard(patterns: tuple[str, ...]) -> "re.Pattern[str]":
    """One pattern for several texts in which `*` stands for any run of characters; to be matched as a whole."""
    if not patterns:
        return _NOBODY
    return re.compile("|".join(".*".join(re.escape(part) for part in text.split("*")) for text in patterns), re.DOTALL)


def _as_integers(network: str) -> tuple[int, int, int]:
    parsed = ip_network(network)
    return parsed.version, int(parsed.network_address), int(parsed.netmask)


def _condition(step: StepSettings) -> tuple[str, "re.Pattern[str] | None"]:
    """Name of the event that a step asks for, and the pattern of its page, if any page will not do."""
    return (step.event, None) if step.event else (PAGEVIEW, wildcard((step.page,)))


def _by_event(goals: tuple[GoalSettings, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for goal in goals:
        if goal.event:
            found[goal.event] = (*found.get(goal.event, ()), goal.name)
    return found

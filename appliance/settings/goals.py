"""Checks what a site wants to be reached: goals, and funnels of several steps. Pure.

Decoded settings come in, complete ones go out. Messages name the site, the value and what is allowed.
"""

import msgspec

from appliance.errors import SettingsError
from appliance.settings.sites import FunnelSettings, GoalSettings, SiteSettings

_MAX_PAGE = 256
_MAX_NAME = 120
_MAX_FUNNELS = 20


def checked_goals(site: SiteSettings) -> tuple[GoalSettings, ...]:
    """A site's goals, each with its name; raises SettingsError."""
    where = f"goals of site '{site.id}'"
    goals = []
    for goal in site.goals:
        if bool(goal.event) == bool(goal.page):
            raise SettingsError(f"{where}: '{goal.name}' must have exactly one of event and page")
        if goal.page:
            check_page(where, goal.page)
        name = goal.name.strip() or goal.event or f"Visit {goal.page}"
        if len(name) > _MAX_NAME or not name.isprintable():
            raise SettingsError(f"{where}: {name[:60]!r} must have {_MAX_NAME} printable characters at most")
        goals.append(msgspec.structs.replace(goal, name=name))
    check_unique(where, [goal.name for goal in goals])
    return tuple(goals)


def checked_funnels(site: SiteSettings) -> tuple[FunnelSettings, ...]:
    """A site's funnels; raises SettingsError."""
    where = f"funnels of site '{site.id}'"
    if len(site.funnels) > _MAX_FUNNELS:
        raise SettingsError(f"{where}: {_MAX_FUNNELS} at most")
    check_unique(where, [funnel.name for funnel in site.funnels])
    for funnel in site.funnels:
        if not funnel.name.strip() or len(funnel.name) > _MAX_NAME or not funnel.name.isprintable():
            raise SettingsError(f"{where}: {funnel.name[:60]!r} must have 1 to {_MAX_NAME} printable characters")
        for step in funnel.steps:
            if bool(step.event) == bool(step.page):
                raise SettingsError(f"{where}: each step of '{funnel.name}' must have exactly one of event and page")
            if step.page:
                check_page(where, step.page)
    return site.funnels


def check_unique(key: str, names: list[str]) -> None:
    """Raises SettingsError if a name stands there twice."""
    for name in names:
        if names.count(name) > 1:
            raise SettingsError(f"{key} = '{name}' stands there twice")


def check_page(where: str, page: str) -> None:
    """Raises SettingsError if it is no path."""
    if not page.startswith("/") or len(page) > _MAX_PAGE:
        raise SettingsError(f"{where}: '{page}' must start with / and have {_MAX_PAGE} characters at most")

"""What people may do on the dashboard, for which site, and which role brings it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

from appliance.stats.grants import ANY_SITE as ANY_SITE
from appliance.stats.grants import Grant, Granted
from appliance.stats.grants import Right as Right
from dashboard.filters import Filter, question_filters


class Role(StrEnum):
    """What somebody is for a site; the value stands in the configuration."""

    OWNER = "owner"
    VIEWER = "viewer"
    DPO = "dpo"


RIGHTS: dict[Role, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.VIEWER: frozenset({Right.NUMBERS}),
    Role.DPO: frozenset({Right.PRIVACY}),
}


@dataclass(frozen=True)
class Reader:
    """Who looks at the dashboard, and what they may."""

    name: str
    granted: tuple[Granted, ...]
    only: tuple[Filter, ...] = ()
    """Filters to which everything is locked."""
    is_person: bool = True
    """Somebody who logged in; not whoever has a shared link."""

    def may(self, right: Right, site: str) -> bool:
        """Whether the reader has a right for a site."""
        return any(one.covers(right, site) for one in self.granted)

    def may_somewhere(self, right: Right) -> bool:
        """Whether the reader has a right for any site."""
        return any(right in one.rights and one.sites for one in self.granted)

    def grant(self, until: float) -> Grant:
        """What the stats API is told of the reader."""
        return Grant(self.name, self.granted, until, tuple(question_filters(self.only)))


NOBODY = Reader("", ())
"""May nothing."""

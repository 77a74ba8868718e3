"""What people may do on the dashboard, for which site, and which role brings it. Pure."""

from dataclasses import dataclass
from enum import StrEnum

ANY_SITE = "*"


class Right(StrEnum):
    """Something that a page needs."""

    NUMBERS = "numbers"
    """Reports and current visitors."""
    QUALITY = "quality"
    """What became of hits, and why."""
    SETUP = "setup"
    """The tag, goals and properties as configured."""
    PRIVACY = "privacy"
    """What is kept, how long, and the evidence; no numbers of visitors."""
    LINKS = "links"
    """Making and revoking shared links."""


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
class Granted:
    """Rights for some sites."""

    rights: frozenset[Right]
    sites: tuple[str, ...]
    """Ids; `*` for all."""

    def covers(self, right: Right, site: str) -> bool:
        """Whether they hold for a site."""
        return right in self.rights and (ANY_SITE in self.sites or site in self.sites)


@dataclass(frozen=True)
class Reader:
    """Who looks at the dashboard, and what they may."""

    name: str
    granted: tuple[Granted, ...]

    def may(self, right: Right, site: str) -> bool:
        """Whether the reader has a right for a site."""
        return any(one.covers(right, site) for one in self.granted)

    def may_somewhere(self, right: Right) -> bool:
        """Whether the reader has a right for any site."""
        return any(right in one.rights and one.sites for one in self.granted)

"""What a page of the dashboard is, and what it is opened with."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from appliance.stats.contract import Comparisons, Site
from dashboard.periods import Period
from dashboard.rights import Reader, Right


@dataclass(frozen=True)
class Opened:
    """What a page is opened with, all of it checked against what the reader may."""

    reader: Reader
    site: Site
    """The chosen site."""
    sites: tuple[Site, ...]
    """All for which the reader has the page's right."""
    today: date
    """The site's current day."""
    period: Period | None = None
    """What was picked, on pages with a period."""
    compare: Comparisons | None = None


@dataclass(frozen=True)
class Page:
    """One page. Its address, its place in the navigation and who may open it follow from this."""

    path: str
    """One word; empty for `/`."""
    title: str
    right: Right | None
    """None: for everybody who is logged in."""
    show: Callable[[Opened], None]
    """Draws it, in each run. What it runs again by itself, as a fragment, has to ask `guard.may_see` first."""
    has_period: bool = False
    """With pickers of period and comparison and the current visitors above it."""
    has_site: bool = True
    """With a picker of the site above it."""
    is_linked: bool = True
    """In the navigation."""

    takes_filters: bool = True
    """Its numbers can be filtered; otherwise it is not for who is locked to a filter."""

    def opens_for(self, reader: Reader) -> bool:
        """Whether the reader may open it for any site."""
        if self.right is None:
            return reader.is_person
        return reader.may_somewhere(self.right) and (self.takes_filters or not reader.only)

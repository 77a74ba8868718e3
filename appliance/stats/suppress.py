"""Which values may be shown: those many visitors had, and those known to be public. Pure.

A value that nobody declared is left out on every day on which fewer than k visitors had it. Admitted are closed
vocabularies, names of our own, and pages that the site declares in `pages`.
"""

import re
from typing import NamedTuple

from appliance.dimensions import DIRECT, PAGEVIEW, TRAITS, Dimension
from appliance.settings import SiteSettings

_PAGES = frozenset({Dimension.PAGE, Dimension.ENTRY_PAGE, Dimension.EXIT_PAGE})
_OWN_NAMES: dict[Dimension, str] = {Dimension.SOURCE: DIRECT, Dimension.NAME: PAGEVIEW}
_EVERYTHING = "(?s).*"


class Admission(NamedTuple):
    """Rule for one dimension of one site, as bound into a question to ClickHouse."""

    pattern: str
    """Regular expression (RE2 and Python alike) that an admitted value matches as a whole; empty: none is."""

    def admits(self, value: str) -> bool:
        """Whether the value is shown whatever its number of visitors."""
        return bool(self.pattern) and re.fullmatch(self.pattern, value) is not None


def admission(dimension: Dimension, site: SiteSettings) -> Admission:
    """The rule for a dimension.

    >>> rule = admission(Dimension.PAGE, SiteSettings(id="example.org", pages=("/", "/blog/*")))
    >>> rule.admits("/blog/2026/a"), rule.admits("/reset/secret")
    (True, False)
    """
    if TRAITS[dimension].closed:
        return Admission(_EVERYTHING)
    if dimension in _PAGES:
        return Admission(page_pattern(site.pages))
    own = _OWN_NAMES.get(dimension)
    return Admission(f"^(?:{re.escape(own)})$" if own else "")


def page_pattern(pages: tuple[str, ...]) -> str:
    """One anchored pattern for all declared pages; `*` stands for any run of characters."""
    if not pages:
        return ""
    alternatives = (".*".join(re.escape(part) for part in page.split("*")) for page in pages)
    return f"(?s)^(?:{'|'.join(alternatives)})$"


def is_shown(visitors: int, k: int, value: str, rule: Admission) -> bool:
    """Whether a value of one day may be shown."""
    return visitors >= k or rule.admits(value)

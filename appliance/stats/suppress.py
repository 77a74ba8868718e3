"""Which values may be shown: those many visitors had, and those known to be public. Pure.

A value that nobody declared is left out on every day on which fewer than k visitors had it. Admitted are closed
vocabularies, names of our own, pages that the site declares in `pages` or lists in its sitemap, and values that it
declares with a property.
"""

import re
from collections.abc import Collection
from typing import NamedTuple

from appliance.anonymize.source_table import NAMES as SOURCE_NAMES
from appliance.dimensions import DIRECT, PAGEVIEW, TRAITS, Dimension
from appliance.events import property_value
from appliance.settings import SiteSettings

_PAGES = frozenset({Dimension.PAGE, Dimension.ENTRY_PAGE, Dimension.EXIT_PAGE})
_OWN_NAMES: dict[Dimension, tuple[str, ...]] = {
    Dimension.SOURCE: (DIRECT, *SOURCE_NAMES),
    Dimension.NAME: (PAGEVIEW,),
}
_EVERYTHING = "(?s).*"
_NOTHING = r"[^\s\S]"


class Admission(NamedTuple):
    """Rule for one dimension of one site, as bound into a question to ClickHouse."""

    names: tuple[str, ...] = ()
    """Admitted values."""
    pattern: str = _NOTHING
    """Regular expression (RE2 and Python alike) that other admitted values match as a whole."""

    def admits(self, value: str) -> bool:
        """Whether the value is shown whatever its number of visitors."""
        return value in self.names or re.fullmatch(self.pattern, value) is not None


def admission(dimension: Dimension, site: SiteSettings, listed: Collection[str] = ()) -> Admission:
    """The rule for a dimension.

    Args:
        listed: pages of the site's sitemap, as they are counted.

    >>> rule = admission(Dimension.PAGE, SiteSettings(id="example.org", pages=("/", "/blog/*")))
    >>> rule.admits("/blog/2026/a"), rule.admits("/reset/secret")
    (True, False)
    """
    if TRAITS[dimension].closed:
        return Admission(pattern=_EVERYTHING)
    if dimension in _PAGES:
        # Names beside the pattern: a list of thousands compiles to a slow pattern.
        return Admission(
            (*(page for page in site.pages if "*" not in page), *listed),
            page_pattern(tuple(page for page in site.pages if "*" in page)),
        )
    if dimension is Dimension.PROPS:
        values = [property_value(declared.key, value) for declared in site.properties for value in declared.values]
        return Admission(tuple(values))
    return Admission(_OWN_NAMES.get(dimension, ()))


def page_pattern(pages: tuple[str, ...]) -> str:
    """One anchored pattern for declared pages; `*` stands for any run of characters."""
    if not pages:
        return _NOTHING
    alternatives = (".*".join(re.escape(part) for part in page.split("*")) for page in pages)
    return f"(?s)^(?:{'|'.join(alternatives)})$"


def is_shown(visitors: int, k: int, value: str, rule: Admission) -> bool:
    """Whether a value of one day may be shown."""
    return visitors >= k or rule.admits(value)

"""Which values may be shown: those many visitors had, and those known to be public. Pure.

A value that nobody declared is left out on every day on which fewer than k visitors had it. Admitted are closed
vocabularies, names of our own, pages that the site declares in `pages` or lists in its sitemap, and values that it
declares with a property.
"""

import re
from collections.abc import Callable, Collection
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
    """Rule for one dimension of one site."""

    names: frozenset[str] = frozenset()
    """Admitted values."""
    pattern: str = _NOTHING
    """Regular expression that other admitted values match as a whole."""

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
            frozenset(page for page in site.pages if "*" not in page) | frozenset(listed),
            page_pattern(tuple(page for page in site.pages if "*" in page)),
        )
    if dimension is Dimension.PROPS:
        values = [property_value(declared.key, value) for declared in site.properties for value in declared.values]
        return Admission(frozenset(values))
    return Admission(frozenset(_OWN_NAMES.get(dimension, ())))


def page_pattern(pages: tuple[str, ...]) -> str:
    """One anchored pattern for declared pages; `*` stands for any run of characters."""
    if not pages:
        return _NOTHING
    alternatives = (".*".join(re.escape(part) for part in page.split("*")) for page in pages)
    return f"(?s)^(?:{'|'.join(alternatives)})$"


def admitter(site: SiteSettings, listed: Collection[str] = ()) -> Callable[[Dimension, str], bool]:
    """Whether a value of any dimension is public at a site; asks fast, again and again."""
    rules = {dimension: admission(dimension, site, listed) for dimension in TRAITS}
    return lambda dimension, value: rules[dimension].admits(value)

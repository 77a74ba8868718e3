"""Reduces the query of a page's URL to its campaign. The query ends here.

Kept are the redacted values of utm_* and of the parameters that name a source, and which click ids are present.
The value of a click id names one click of one person: it is never decoded, stored or compared. The tracker sends
none at all (`gclid=`).
"""

from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_plus

from appliance.anonymize.redaction import redact_value
from appliance.anonymize.source_table import CLICK_IDS, ClickId

_MAX_FIELDS = 100
_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_content", "utm_term")
_SOURCES = ("source", "ref")
_KEPT = frozenset((*_UTM, *_SOURCES))
_UNSET = frozenset({"(not set)", "(none)", "(direct)", "none", "null", "undefined", "direct / none", "direct"})
"""What tagging tools write for "nothing", in small letters."""


class Campaign(NamedTuple):
    """What is left of a query."""

    utm: tuple[str, str, str, str, str] = ("", "", "", "", "")
    """utm_source, utm_medium, utm_campaign, utm_content, utm_term; empty strings for none."""
    tag: str = ""
    """The source as the link says it: the first of utm_source, source and ref that says something."""
    click_ids: tuple[ClickId, ...] = ()
    """Of the click ids that are present: the paid ones first."""


NO_CAMPAIGN = Campaign()


def campaign_of(query: str) -> Campaign:
    """Reduce a query, without its question mark. One of more than 100 fields is no campaign's.

    >>> campaign_of("utm_source=News&id=7&utm_campaign=spring+sale&mail=jane@example.org").utm
    ('News', '', 'spring sale', '', '')
    """
    if not query or query.count("&") >= _MAX_FIELDS:
        return NO_CAMPAIGN
    values: dict[str, str] = {}
    click_ids: dict[ClickId, None] = {}
    for name, value in _fields(query):
        if name in _KEPT:
            if name not in values:
                values[name] = redact_value(unquote_plus(value))
        else:
            click_ids[CLICK_IDS[name]] = None
    if not values and not click_ids:
        return NO_CAMPAIGN
    source, medium, name, content, term = (values.get(field, "") for field in _UTM)
    tags = (source, *(values.get(field, "") for field in _SOURCES))
    tag = next((tag for tag in tags if tag and is_set(tag)), "")
    return Campaign(
        (source, medium, name, content, term),
        tag,
        tuple(sorted(click_ids, key=lambda found: not found.paid)),
    )


def is_set(value: str) -> bool:
    """Whether a value says more than that there is none."""
    return value.lower() not in _UNSET


def _fields(query: str) -> Iterator[tuple[str, str]]:
    """Fields that matter. Not parse_qsl: it decodes every field, also those that nobody may read."""
    for field in query.split("&"):
        name, _, value = field.partition("=")
        # Links copied out of HTML source have `&amp;` between their fields.
        name = name.lower().removeprefix("amp;")
        if (value and name in _KEPT) or name in CLICK_IDS:
            yield name, value

"""The attributes that can be counted, with the numbers under which ClickHouse stores them.

Numbers are part of the schema: never reuse or change one.
"""

from enum import IntEnum, StrEnum
from typing import NamedTuple


class Scope(StrEnum):
    """Whether an attribute belongs to the visit or to each event in it."""

    VISIT = "visit"
    EVENT = "event"


class Dimension(IntEnum):
    """Stored number of each dimension; 0 means "no second attribute" in a cell."""

    NONE = 0
    PAGE = 1
    HOSTNAME = 2
    NAME = 3
    GOAL = 4
    PROPS = 5
    CURRENCY = 6
    FUNNEL_STEP = 7
    """A step of a funnel that a visitor reached: counted alone, asked for by funnels only, hence without traits."""
    PREVIOUS_PAGE = 8
    """Page looked at before in the visit: counted together with `PAGE` only, hence without traits."""
    ENTRY_PAGE = 20
    EXIT_PAGE = 21
    SOURCE = 22
    CHANNEL = 23
    REFERRER = 24
    UTM_SOURCE = 25
    UTM_MEDIUM = 26
    UTM_CAMPAIGN = 27
    UTM_CONTENT = 28
    UTM_TERM = 29
    COUNTRY = 30
    REGION = 31
    CITY = 32
    BROWSER = 33
    BROWSER_VERSION = 34
    OS = 35
    OS_VERSION = 36
    DEVICE = 37
    LANGUAGE = 38
    SCREEN = 39
    VISITOR_TYPE = 40
    """Whether the visitor was new that day."""


class Traits(NamedTuple):
    """What the counting and the answers need to know about a dimension."""

    api_name: str
    scope: Scope
    fixed_by_tag: bool
    """The visitor tag implies the value: the same in every visit of the day, so no mask is kept."""
    closed: bool
    """The vocabulary is ours or fixed: values are shown whatever their number of visitors."""


TRAITS: dict[Dimension, Traits] = {
    Dimension.PAGE: Traits("event:page", Scope.EVENT, False, False),
    Dimension.HOSTNAME: Traits("event:hostname", Scope.EVENT, False, True),
    Dimension.NAME: Traits("event:name", Scope.EVENT, False, False),
    Dimension.GOAL: Traits("event:goal", Scope.EVENT, False, True),
    Dimension.PROPS: Traits("event:props:<key>", Scope.EVENT, False, False),
    Dimension.CURRENCY: Traits("event:currency", Scope.EVENT, False, True),
    Dimension.ENTRY_PAGE: Traits("visit:entry_page", Scope.VISIT, False, False),
    Dimension.EXIT_PAGE: Traits("visit:exit_page", Scope.VISIT, False, False),
    Dimension.SOURCE: Traits("visit:source", Scope.VISIT, False, False),
    Dimension.CHANNEL: Traits("visit:channel", Scope.VISIT, False, True),
    Dimension.REFERRER: Traits("visit:referrer", Scope.VISIT, False, False),
    Dimension.UTM_SOURCE: Traits("visit:utm_source", Scope.VISIT, False, False),
    Dimension.UTM_MEDIUM: Traits("visit:utm_medium", Scope.VISIT, False, False),
    Dimension.UTM_CAMPAIGN: Traits("visit:utm_campaign", Scope.VISIT, False, False),
    Dimension.UTM_CONTENT: Traits("visit:utm_content", Scope.VISIT, False, False),
    Dimension.UTM_TERM: Traits("visit:utm_term", Scope.VISIT, False, False),
    Dimension.COUNTRY: Traits("visit:country", Scope.VISIT, True, True),
    Dimension.REGION: Traits("visit:region", Scope.VISIT, True, True),
    Dimension.CITY: Traits("visit:city", Scope.VISIT, True, False),
    Dimension.BROWSER: Traits("visit:browser", Scope.VISIT, True, True),
    Dimension.BROWSER_VERSION: Traits("visit:browser_version", Scope.VISIT, True, True),
    Dimension.OS: Traits("visit:os", Scope.VISIT, True, True),
    Dimension.OS_VERSION: Traits("visit:os_version", Scope.VISIT, True, True),
    Dimension.DEVICE: Traits("visit:device", Scope.VISIT, True, True),
    Dimension.LANGUAGE: Traits("visit:language", Scope.VISIT, False, True),
    Dimension.SCREEN: Traits("visit:screen", Scope.VISIT, False, True),
    Dimension.VISITOR_TYPE: Traits("visit:visitor_type", Scope.VISIT, False, True),
}

PROPERTY_PREFIX = "event:props:"
"""Before the key in the API name of a property."""

BY_API_NAME: dict[str, Dimension] = {traits.api_name: dimension for dimension, traits in TRAITS.items()}

DIRECT = "Direct / None"
"""`visit:source` of a visit without referrer and campaign; a name of ours, hence never hidden."""

NEW_THAT_DAY, RETURNING_THAT_DAY = "New that day", "Returning that day"
"""`visit:visitor_type` of a visitor's first visit of the day and of all others: nobody is known on another day."""

OTHER = "(other)"
"""Stands for values beyond the number that a site may have in a day."""

PAGEVIEW = "pageview"
ENGAGEMENT = "engagement"

"""What every figure and list of the dashboard means: the one list behind all definitions. Pure.

Those of metrics and of what lists are made of are the stats API's own; docs/metrics.md and docs/dashboard.md say the
same, which a test compares.
"""

from appliance.stats.contract import ATTRIBUTE_DEFINITIONS, DEFINITIONS, NOT_SET, OTHER, PLACE_NAMES, Metric

CURRENT_VISITORS = "Current visitors"
NEW_VISITORS = "New visitors"
STEP = "Step of a funnel"
VISITORS_OF_STEP = "Visitors of a step"
OF_FIRST = "Of first"
LEFT = "Left"
WAY = "Way"
VISITS_OF_WAY = "Visits of a way"
TIMES = "Times"
COUNTED = "Counted"
ROBOTS = "Robots, prefetched, doubled"
REFUSED = "Refused by visitors"
TO_BE_LOOKED_AT = "Should be looked at"
SHARE_OF_HITS = "Share of hits"
LAST_HIT = "Last counted hit"
TO_BE_COUNTED = "To be counted"
TO_BE_WRITTEN = "To be written"
WAITING = "Waiting"
SET_ASIDE = "Set aside"
RELAXED = "Defaults"
LIVE_KEYS = "Keys of days"
ENTRIES = "Evidence"
ROWS = "Rows"
ROWS_TO_GO = "Rows to go now"
KEY_AGE = "Age"
SINCE_OPENED = "Since this page was opened"
SINCE_MIDNIGHT = "Today"

FIGURES: dict[str, str] = {
    CURRENT_VISITORS: "Different visitors with a hit in the last five minutes.",
    NEW_VISITORS: "Visitors on their first visit of the day: nobody is recognised on another day.",
    OTHER: "Everything that has no row of its own, because too few visitors had it.",
    NOT_SET: "Visits without a value.",
    STEP: "An event or a page that the site declares, taken after all steps before it on the same day.",
    VISITORS_OF_STEP: "Different visitors of a day who reached the step, after all before it in their order. "
    "Days are added up.",
    OF_FIRST: "Visitors of the step in percent of those of the first step.",
    LEFT: "Visitors of the step before who did not reach this one.",
    WAY: "A page and the next one of the same visit.",
    VISITS_OF_WAY: "Visits that went this way, with no other page between the two.",
    TIMES: "How often visits went this way.",
    COUNTED: "Hits that are in the numbers of the report.",
    ROBOTS: "Hits of programs, of pages fetched ahead of time, sent twice, or without a visit they belong to.",
    REFUSED: "Hits of browsers that ask not to be counted, or of people who have opted out.",
    TO_BE_LOOKED_AT: "Hits that were not counted for any other reason: the table by reason says which.",
    SHARE_OF_HITS: "Hits with this outcome in percent of all hits of the 30 days.",
    LAST_HIT: "The hour in which a hit was counted last. A site that is in use and stays behind may have lost its tag.",
    TO_BE_COUNTED: "Groups of hits that are stored safely and not yet in any number.",
    TO_BE_WRITTEN: "Groups of counted hits that are not in the numbers of the report yet.",
    WAITING: "Age of the oldest of both. Some seconds are usual.",
    SET_ASIDE: "Groups of counted hits that can never be written; the numbers of their days are too low.",
    RELAXED: "Settings of privacy and retention that keep more than they do as they come; the reasons stand below.",
    LIVE_KEYS: "Keys that exist now, one for each site and day.",
    ENTRIES: "Entries of the log, each chained to the one before; the download has them all.",
    ROWS: "Rows of the table that are on the disk now.",
    ROWS_TO_GO: "Rows that are older than the limit: the next deletion takes them.",
    KEY_AGE: "From the making of the key to its destruction, or until now; 26 hours at most.",
    SINCE_OPENED: "Hits of the site that arrived meanwhile: those in the report, and all others.",
    SINCE_MIDNIGHT: "Hits of the site since its midnight: those in the report, and all others.",
}
"""One sentence for each figure that is no metric, by its name on the page."""

SUMMED = "Visitors are counted for each day and added up: a person who comes on three days counts three times."
"""Of visitors over several days."""
ROUNDED = "Percentages and times are rounded, and so are numbers from a million on; files have the exact ones."
AT_LEAST = "≥ means at least: what too few visitors of a day had is not counted in."
FROM_LOGS = "A log does not know all that the tag does, so numbers of both do not compare well."
AT_LEAST_IN_ROW = "≥ means at least: who came twice may be in another row as well."


def of_metric(metric: str) -> str:
    """One sentence without names of the API."""
    return DEFINITIONS[Metric(metric)].partition(" Only by ")[0]


def of_dimension(dimension: str) -> str:
    """What the values of a list are; empty where nobody has said it.

    >>> of_dimension("visit:country"), of_dimension("visit:browser")
    ('Country by its name, such as Germany.', 'Browser, such as Chrome.')
    """
    shown = {code: name for name, code in PLACE_NAMES.items()}.get(dimension, dimension)
    if dimension.startswith("event:props:"):
        shown = "event:props:<key>"
    return ATTRIBUTE_DEFINITIONS.get(shown, "").replace("; needs a database of cities.", ".")

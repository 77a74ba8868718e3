"""What can be asked of the stats API, and how it answers: for clients, as nothing of the appliance stands behind it.

The names are those of `vocabulary`, and given from here too.
"""

from typing import Any

import msgspec

from appliance.stats.place_names import country_names as country_names
from appliance.stats.vocabulary import ATTRIBUTE_DEFINITIONS as ATTRIBUTE_DEFINITIONS
from appliance.stats.vocabulary import ATTRIBUTES as ATTRIBUTES
from appliance.stats.vocabulary import DATE_RANGES as DATE_RANGES
from appliance.stats.vocabulary import DEFINITIONS as DEFINITIONS
from appliance.stats.vocabulary import NOT_SET as NOT_SET
from appliance.stats.vocabulary import OTHER as OTHER
from appliance.stats.vocabulary import PLACE_NAMES as PLACE_NAMES
from appliance.stats.vocabulary import TIME_DEFINITIONS as TIME_DEFINITIONS
from appliance.stats.vocabulary import TIMES as TIMES
from appliance.stats.vocabulary import UNITS as UNITS
from appliance.stats.vocabulary import Metric as Metric
from appliance.stats.vocabulary import TimeDimension as TimeDimension

QUERY_PATH = "/api/v2/query"
REALTIME_PATH = "/api/v1/stats/realtime/visitors"
SITES_PATH = "/api/v1/sites"
FUNNELS_PATH = "/api/v1/stats/funnels"
TRANSITIONS_PATH = "/api/v1/stats/transitions"
AGGREGATE_PATH = "/api/v1/stats/aggregate"
TIMESERIES_PATH = "/api/v1/stats/timeseries"
BREAKDOWN_PATH = "/api/v1/stats/breakdown"
RETENTION_PATH = "/api/v1/retention"
META_HEADER = "x-answer-meta"
"""Header of an answer as CSV with `meta` as JSON, time labels left out: a table has no place for it."""

DEFAULT_LIMIT = 10_000
MAX_LIMIT = 10_000


class Pagination(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which rows of the answer."""

    limit: int = DEFAULT_LIMIT
    offset: int = 0


class Comparisons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the range is compared with."""

    mode: str
    """`previous_period`, `year_over_year` or `custom`."""
    date_range: str | list[str] | None = None
    """Of `custom`."""
    match_day_of_week: bool = False
    """Move the other range so that both begin on the same weekday."""


class Include(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What else the answer should say."""

    imports: bool = False
    """`meta.imports_included`, for Plausible's clients; always false, as nothing imported is kept apart."""
    comparisons: Comparisons | None = None
    """`comparison` of each row, and `meta.comparison`."""
    trim_relative_date_range: bool = False
    """Accepted for Plausible's clients: ranges with a name end with today anyway."""
    time_labels: bool = False
    """`meta.time_labels`: every hour, day, week or month of the range, also those without a row."""
    total_rows: bool = False
    """`meta.total_rows`: rows before pagination."""


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of a query."""

    site_id: str
    metrics: list[str]
    date_range: str | list[str]
    dimensions: list[str] = []
    filters: list[Any] = []
    order_by: list[list[str]] = []
    include: Include = Include()
    pagination: Pagination = Pagination()


class Compared(msgspec.Struct, frozen=True):
    """The row of the other range, and what has changed since."""

    dimensions: list[str]
    metrics: list[int | float | None]
    """None where the other range has no such row: nobody, or fewer than may be shown."""
    change: list[int | float | None]
    """In percent; rates (`bounce_rate`, `conversion_rate`) in percentage points."""


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """Values of the dimensions asked for, and the metrics in the order asked for."""

    dimensions: list[str]
    metrics: list[int | float | None]
    """None where a metric has no meaning for the row, such as the bounce rate of a page nobody entered on."""
    comparison: Compared | None = None


class Hidden(msgspec.Struct, frozen=True):
    """What the answer leaves out."""

    values: int
    """Number of values left out of days that are not closed, counted per day. What a close leaves out is deleted, and
    how many values it were is not known any more."""
    threshold: int
    """A value that is not known to be public is shown from this many visitors a day on."""


class ComparedMeta(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to read the numbers of the other range."""

    date_range: list[str]
    """First and last day."""
    hidden: Hidden | None = None
    partial: bool | None = None


class DamagedDay(msgspec.Struct, frozen=True):
    """A day whose numbers a loss has damaged."""

    day: str | None
    """`YYYY-MM-DD`; null where it is not known whether anything was lost."""
    meaning: str
    """One sentence."""


class Meta(msgspec.Struct, frozen=True, omit_defaults=True):
    """How to read the numbers."""

    visitors: str
    """`exact`, or `daily_sum` where visitors of several days were added up, `hourly_sum` where those of hours were."""
    data_as_of: str
    """Hits that arrived before this moment are counted (ISO 8601, UTC)."""
    includes_today: bool
    """The range is not over yet."""
    open_visits: int | None = None
    """Visits that have not ended, without dimensions: bounce rate and duration are those of all others."""
    hidden: Hidden | None = None
    """Something is left out."""
    lower_bounds: list[str] | None = None
    """Rows whose visitors are "at least": `(other)`, `(not set)`."""
    summed_values: bool | None = None
    """Several values that a filter let through are added up in a row: visitors who had two of them count twice."""
    partial: bool | None = None
    """What may not be shown is missing in these rows: they are "at least"."""
    time_labels: list[str] | None = None
    total_rows: int | None = None
    imports_included: bool | None = None
    comparison: ComparedMeta | None = None
    warnings: list[str] | None = None
    """What is wrong with the appliance or the numbers of these days, one sentence each: old data could not be deleted,
    Redis lost its data on one of them.
    """
    damaged_days: list[DamagedDay] | None = None
    """Those of the warnings that are about days of the range, or of the range compared with."""
    imported_days: list[list[str]] | None = None
    """Days of the range, or of the range compared with, that were counted from a log: first and last day of each
    stretch of days that follow each other."""


class Answer(msgspec.Struct, frozen=True):
    """Body of the answer to a query."""

    results: list[Row]
    meta: Meta
    query: dict[str, Any]


class FunnelStep(msgspec.Struct, frozen=True):
    """One step of a funnel. Over several days the visitors of each are added up."""

    label: str
    """Name of the event, or "Visit" and the page."""
    visitors: int
    """Who reached the step on a day, after all steps before it in their order."""
    at_least: bool
    """There may be more: the range has days on which the exact number would tell of fewer than k visitors."""
    conversion_rate: float | None
    """In percent of the first step; null where nobody took that."""
    drop_off: int
    """Visitors of the step before who did not reach this one; 0 for the first."""
    drop_off_rate: float | None
    """In percent of the step before."""


class Funnel(msgspec.Struct, frozen=True):
    """A declared funnel."""

    name: str
    steps: list[FunnelStep]


class Funnels(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/stats/funnels?site_id=&date_range=`: all funnels of the site."""

    funnels: list[Funnel]
    meta: Meta


class Transition(msgspec.Struct, frozen=True):
    """Visits that looked at one page and at another next. Looking at the same page again is none."""

    previous: str
    page: str
    visitors: int
    visits: int
    pageviews: int
    """How often it happened."""


class Transitions(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/stats/transitions?site_id=&date_range=`: those that may be shown, most often first."""

    transitions: list[Transition]
    meta: Meta


class Site(msgspec.Struct, frozen=True):
    """A site that the key may read."""

    id: str
    timezone: str
    properties: tuple[str, ...] = ()
    """Keys of the properties that the site declares."""
    funnels: tuple[str, ...] = ()
    """Names of its funnels."""


class Sites(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/sites`."""

    sites: list[Site]


class RetentionLine(msgspec.Struct, frozen=True):
    """One limit of `[retention]`, and what it would delete now."""

    kind: str
    sites: str
    """A site, or which sites are meant."""
    limit: str
    first_kept: str
    """First day that is kept, `YYYY-MM-DD`."""
    rows: int
    """Rows that are older."""


class RetentionPlan(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/retention`."""

    plan: list[RetentionLine]
    problem: str = ""
    """Why the last run failed, if it did."""


class Refusal(msgspec.Struct, frozen=True):
    """Body of every answer with an error status."""

    error: str

"""What became of hits, and how a site is set up: for owners. No visitor, no moment finer than an hour."""

import msgspec

QUALITY_PATH = "/api/v1/quality"
TRIAL_PATH = "/api/v1/quality/trial"
SETUP_PATH = "/api/v1/setup"


class OutcomeCount(msgspec.Struct, frozen=True):
    """Hits of a day or an hour that had one outcome."""

    label: str
    """`YYYY-MM-DD`, or `YYYY-MM-DD HH:00` of the site's clock; refusals have days only and stand under hour 0."""
    outcome: str
    hits: int


class OutcomeMeaning(msgspec.Struct, frozen=True):
    """An outcome in plain words."""

    outcome: str
    meaning: str
    decided_by: str


class LastHit(msgspec.Struct, frozen=True):
    """The last hour of a site in which a hit was counted."""

    site: str
    hour: str
    """`YYYY-MM-DD HH:00` of the site's clock; empty: none of what is kept."""


class Backlog(msgspec.Struct, frozen=True):
    """What waits between the parts of the appliance, for all sites together."""

    events: int
    """Commits of hits that are not counted yet."""
    facts: int
    """Entries that are counted and not written yet."""
    oldest_seconds: float
    """Age of the oldest of both; 0 without any."""
    set_aside: int
    """Entries that can never be written."""


class Quality(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/quality?site_id=`."""

    site: str
    days: list[OutcomeCount]
    """The last 30 days."""
    hours: list[OutcomeCount]
    """Today."""
    of_no_site: list[OutcomeCount]
    """Hits of the last 30 days that named no configured site; for readers of every site."""
    meanings: list[OutcomeMeaning]
    last_hits: list[LastHit]
    backlog: Backlog | None
    """None: Redis is away."""


class TrialHit(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Body of `POST /api/v1/quality/trial`: a hit as somebody describes it. Nothing of it is kept."""

    site_id: str
    url: str
    event: str = "pageview"
    referrer: str = ""
    user_agent: str = ""
    address: str = ""
    gpc: bool = False
    dnt: bool = False
    opted_out: bool = False
    prefetch: bool = False


class Counted(msgspec.Struct, frozen=True):
    """Something that would be counted."""

    name: str
    value: str


class TrialVerdict(msgspec.Struct, frozen=True):
    """What would become of it."""

    outcome: str
    meaning: str
    decided_by: str
    details: list[str]
    counted: list[Counted]
    """Empty if it would not be counted."""


class GoalSetup(msgspec.Struct, frozen=True):
    """A goal as configured."""

    name: str
    reached_by: str


class SiteSetup(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/setup?site_id=`: a site as configured."""

    site: str
    timezone: str
    hostnames: list[str]
    pages: list[str]
    sitemap: str
    goals: list[GoalSetup]
    funnels: list[GoalSetup]
    properties: list[GoalSetup]
    shields: list[GoalSetup]

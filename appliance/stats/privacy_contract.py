"""What the stats API says of privacy: settings in words, stores, deletions, keys, evidence. No number of visitors."""

import msgspec

from appliance.stats.contract import RetentionLine

PRIVACY_PATH = "/api/v1/privacy"
CHAIN_PATH = "/api/v1/privacy/chain"
EVIDENCE_PATH = "/api/v1/privacy/evidence"


class Promise(msgspec.Struct, frozen=True):
    """A line of `[privacy]` or `[retention]` as it is set."""

    section: str
    key: str
    value: str
    meaning: str
    """In plain words."""
    is_relaxed: bool
    site: str
    """Of one site only; empty: of all."""


class RelaxedDefault(msgspec.Struct, frozen=True):
    """A relaxed default, and the decision about it."""

    setting: str
    meaning: str
    reason: str
    approved_by: str
    review_by: str
    """`YYYY-MM-DD`; empty where none is asked for."""
    is_overdue: bool


class Holding(msgspec.Struct, frozen=True):
    """A place where something is."""

    store: str
    name: str
    holds: str
    why: str
    until: str
    rows: int | None = None
    """Of a table of ClickHouse, now; None: not counted, or not for this reader."""


class RetentionRun(msgspec.Struct, frozen=True):
    """A run that deletes what is older than its limit."""

    at: float
    """Seconds since 1970, as all moments here."""
    went_well: bool
    said: str


class ClosedDay(msgspec.Struct, frozen=True):
    """The last closed day of a site."""

    site: str
    day: str
    at: float


class KeyAge(msgspec.Struct, frozen=True):
    """How long the key of a site's day lived, or has lived; nothing of the key itself."""

    site: str
    day: str
    created_at: float
    destroyed_at: float | None


class EvidenceEntry(msgspec.Struct, frozen=True):
    """A line of the evidence log."""

    at: float
    kind: str
    meaning: str
    site: str
    """Empty: of the appliance as a whole."""
    day: str
    facts: str
    """The rest, as JSON."""


class PrivacyFacts(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/privacy`."""

    as_of: float
    promises: list[Promise]
    relaxed: list[RelaxedDefault]
    holdings: list[Holding]
    limits: list[RetentionLine]
    """What each limit would delete now; empty for readers of single sites."""
    problem: str
    """Why old data could not be deleted; empty if all is well."""
    next_run_at: float
    runs: list[RetentionRun]
    closes: list[ClosedDay]
    keys: list[KeyAge]
    entries: list[EvidenceEntry]
    n_entries: int
    is_of_all_sites: bool
    """Otherwise what concerns the reader's sites and the appliance as a whole."""


class ChainVerdict(msgspec.Struct, frozen=True):
    """Answer to `GET /api/v1/privacy/chain`: the whole log, walked now."""

    entries: int
    """Lines that fit, from the first on."""
    broken_at: int | None
    """Number of the first line that does not fit; null: the chain holds."""
    head: str
    """Hash of the last line that fits: note it elsewhere, and nobody can write the log anew unseen."""

"""What became of a hit. Every hit has exactly one outcome, counted per site and hour."""

from enum import StrEnum


class Outcome(StrEnum):
    """Closed list of outcomes; the value is what `X-Drop-Reason` says and what is stored."""

    ACCEPTED = "accepted"
    UNKNOWN_SITE = "unknown_site"
    WRONG_HOST = "wrong_host"
    BOT = "bot"
    PREFETCH = "prefetch"
    OPTED_OUT = "opted_out"
    GPC = "gpc"
    DNT = "dnt"
    NO_CONSENT = "no_consent"
    INVALID = "invalid"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    BLOCKED = "blocked"
    DUPLICATE = "duplicate"
    LATE = "late"
    NO_VISIT = "no_visit"
    UNSUPPORTED = "unsupported"


REFUSALS = frozenset({Outcome.OPTED_OUT, Outcome.GPC, Outcome.DNT, Outcome.NO_CONSENT})
"""Wishes of the visitor: stored as bare totals of the day, with hour 0, never by hour."""

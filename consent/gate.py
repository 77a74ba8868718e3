"""Decides whether a hit may be counted. A pure function of signals: no I/O, no logging, nothing remembered."""

from enum import StrEnum

from consent.signals import Signals


class Refusal(StrEnum):
    """Why a hit may not be counted."""

    OPTED_OUT = "opted_out"
    GPC = "gpc"
    DNT = "dnt"


def decide(signals: Signals) -> Refusal | None:
    """The refusal that counts, or None if the hit may be counted.

    The visitor's own opt-out goes before the general signals GPC and DNT; each of them is honoured as an objection.
    """
    if signals.opted_out:
        return Refusal.OPTED_OUT
    if signals.gpc:
        return Refusal.GPC
    if signals.dnt:
        return Refusal.DNT
    return None

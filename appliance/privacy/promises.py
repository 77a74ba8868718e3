"""The configuration's promises in plain words: what is counted, for how long, and which default was relaxed. Pure.

For a data protection officer: a sentence for each line of `[privacy]` and `[retention]`, as it is set here.
"""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from appliance.settings import Settings, SiteSettings
from appliance.settings.time_limits import COUNTERS

_PLACES = {
    "none": "No place is derived from the address.",
    "country": "Of the place only the country is counted.",
    "region": "Places are counted down to the region, where the operator provided a database with regions.",
    "city": "Places are counted down to the city, where the operator provided a database with cities.",
}
_KINDS = {
    "hour_totals": "Numbers of a whole site, by hour: visits, pageviews and the like.",
    "day_cells": "Numbers of pages, sources, countries and so on, by day, at most two of these together.",
    "month_cells": "The same by month, for what was too small to be shown by day.",
    "carry": "Numbers that wait for the end of their month and that no answer shows.",
    "outcomes": "How many hits were counted, and how many were refused and why, by hour.",
    "evidence": "The log that proves what was deleted: names of sites, days and totals, nothing of visitors.",
}


class Promise(NamedTuple):
    """One setting as it is."""

    section: str
    key: str
    value: str
    meaning: str
    is_relaxed: bool = False
    """It is wider than the default."""
    site: str = ""
    """Of one site only; empty: of all."""


class RelaxedDefault(NamedTuple):
    """A default that was relaxed, and the decision about it."""

    setting: str
    meaning: str
    reason: str
    approved_by: str
    review_by: str
    """`YYYY-MM-DD`; empty where the configuration wants none."""
    is_overdue: bool


def promises(settings: Settings) -> list[Promise]:
    """Every line of `[privacy]` and `[retention]`, limits of single sites behind them."""
    privacy = [
        Promise("privacy", key, _text(getattr(settings.privacy, key)), *say(settings)) for key, say in _PRIVACY.items()
    ]
    kept = [
        Promise("retention", kind, value, f"{_KINDS[kind]} {_deleted(kind, value)}")
        for kind in (*COUNTERS, "evidence")
        for value in [getattr(settings.retention, kind)]
    ]
    own = [_own(site, kind) for site in settings.sites for kind in COUNTERS if getattr(site.retention, kind)]
    return [*privacy, *kept, *own, *_machine(settings)]


def relaxed_defaults(settings: Settings, today: date) -> list[RelaxedDefault]:
    """Every relaxation with its reason, who approved it and when it is looked at again."""
    meanings = {f"privacy.{one.key}": one.meaning for one in promises(settings) if one.section == "privacy"}
    found = [
        RelaxedDefault(
            *(one.setting, meanings.get(one.setting, ""), one.reason, one.approved_by, one.review_by),
            is_overdue=date.fromisoformat(one.review_by) < today,
        )
        for one in settings.privacy.relaxations
    ]
    if settings.keyring.allow_disk:
        found.append(RelaxedDefault("keyring.allow_disk", _DISK, settings.keyring.reason, "", "", is_overdue=False))
    return found


_DISK = "Keys of the day may lie on a disk. The default is memory only."
_Say = Callable[[Settings], tuple[str, bool]]


def _place(settings: Settings) -> tuple[str, bool]:
    return _PLACES[settings.privacy.place], False


def _language(settings: Settings) -> tuple[str, bool]:
    if settings.privacy.language:
        return "The first language of the browser is counted, such as de, never de-AT.", False
    return "The language of the browser is not looked at.", False


def _screen(settings: Settings) -> tuple[str, bool]:
    if settings.privacy.screen:
        return "The width of the window is counted as one of four classes.", False
    return "The width of the window is not counted.", False


def _referrer(settings: Settings) -> tuple[str, bool]:
    if settings.privacy.referrer_path:
        return "Of the page that a visitor came from, host and redacted path are counted.", True
    return "Of the page that a visitor came from, only the host is counted.", False


def _threshold(settings: Settings) -> tuple[str, bool]:
    k = settings.privacy.k
    return (
        f"A value that nobody declared as public is shown from {k} visitors a day on; smaller ones are deleted.",
        False,
    )


_PRIVACY: dict[str, _Say] = {
    "k": _threshold,
    "place": _place,
    "language": _language,
    "screen": _screen,
    "referrer_path": _referrer,
}


def _own(site: SiteSettings, kind: str) -> Promise:
    value = getattr(site.retention, kind)
    return Promise("retention", kind, value, f"Only at {site.id}: {_deleted(kind, value)}", site=site.id)


def _deleted(kind: str, limit: str) -> str:
    since = "the first day of their month" if kind in ("month_cells", "carry") else "their day"
    return f"Deleted {limit} after {'the entry' if kind == 'evidence' else since}."


def _machine(settings: Settings) -> list[Promise]:
    found = []
    if settings.keyring.allow_disk:
        found.append(Promise("keyring", "allow_disk", "true", _DISK, is_relaxed=True))
    if settings.test_clock_file:
        said = "The clock can be moved: for tests only, never in production."
        found.append(Promise("server", "test_clock_file", settings.server.test_clock_file, said, is_relaxed=True))
    return found


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)

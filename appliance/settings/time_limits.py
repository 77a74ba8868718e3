"""Limits of `[retention]`: words turned into the first day that is kept, and the caps that none may exceed. Pure."""

import re
from calendar import monthrange
from datetime import date, timedelta
from typing import NamedTuple

from appliance.errors import SettingsError
from appliance.settings.sections import RetentionSettings, Settings
from appliance.settings.sites import SiteRetentionSettings, SiteSettings

COUNTERS = ("hour_totals", "day_cells", "month_cells", "carry", "outcomes")
"""Kinds of counters that have a limit; the evidence log has one, too."""

_CAP_MONTHS = {"carry": 3, "evidence": 120}
_COUNTERS_CAP_MONTHS = 25
"""CNIL, recommendation 2020-092 of 17 September 2020, article 5: data of audience measurement, 25 months at most.
https://www.cnil.fr/sites/default/files/2026-01/recommandation_cookies_consolidee.pdf"""
_DAYS_OF_MONTHS = 365 / 12
_WORDS = re.compile(r"[1-9][0-9]{0,3} (days|months)", re.ASCII)


class TimeLimit(NamedTuple):
    """A number of days or calendar months."""

    number: int
    unit: str

    def first_kept(self, today: date) -> date:
        """The first day that is kept on a day; all before it goes.

        >>> TimeLimit(1, "months").first_kept(date(2026, 3, 31))
        datetime.date(2026, 2, 28)
        """
        if self.unit == "days":
            return today - timedelta(days=self.number)
        months = today.year * 12 + today.month - 1 - self.number
        year, month = divmod(months, 12)
        return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1]))

    @property
    def n_days(self) -> float:
        """Length in days, months counted at their mean length, to compare limits."""
        return self.number * (1 if self.unit == "days" else _DAYS_OF_MONTHS)


def limit(text: str) -> TimeLimit:
    """The limit that a checked setting means, such as `90 days`."""
    number, _, unit = text.partition(" ")
    return TimeLimit(int(number), unit)


def limit_of(kind: str, general: RetentionSettings, site: SiteSettings | None) -> str:
    """The words that hold for one kind of data of a site, or of sites that are not configured."""
    own = getattr(site.retention, kind) if site else ""
    return str(own or getattr(general, kind))


def check_retention(settings: Settings) -> None:
    """Refuse limits above their cap, and parts that outlive their whole.

    Raises:
        SettingsError: names key, value and what is allowed.
    """
    _check_caps("retention", settings.retention)
    _check_order("retention", settings.retention, None)
    for site in settings.sites:
        where = f"retention of site '{site.id}'"
        _check_caps(where, site.retention)
        _check_order(where, settings.retention, site)


def _check_caps(where: str, section: RetentionSettings | SiteRetentionSettings) -> None:
    for kind in section.__struct_fields__:
        text = getattr(section, kind)
        cap = _CAP_MONTHS.get(kind, _COUNTERS_CAP_MONTHS)
        if not _WORDS.fullmatch(text) and (text or isinstance(section, RetentionSettings)):
            raise SettingsError(f"{where}: {kind} = '{text}' is not a number of days or months, as '25 months'")
        if text and limit(text).n_days > cap * _DAYS_OF_MONTHS:
            raise SettingsError(f"{where}: {kind} = '{text}' is too long, {cap} months are allowed")


def _check_order(where: str, general: RetentionSettings, site: SiteSettings | None) -> None:
    """Cells without their totals would be parts without a whole; deletions without evidence would be unproved."""
    for shorter, longer in (
        ("day_cells", "hour_totals"),
        ("month_cells", "hour_totals"),
        *((kind, "evidence") for kind in COUNTERS),
    ):
        part, whole = limit_of(shorter, general, site), _longest(longer, general, site)
        if limit(part).n_days > limit(whole).n_days:
            raise SettingsError(f"{where}: {shorter} = '{part}' must not be longer than {longer} = '{whole}'")


def _longest(kind: str, general: RetentionSettings, site: SiteSettings | None) -> str:
    return general.evidence if kind == "evidence" else limit_of(kind, general, site)

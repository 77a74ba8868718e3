"""What each answer says of its days beside the numbers: warnings, days with losses, days that came from a log."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import NamedTuple

from appliance.settings import SiteSettings
from appliance.stats.contract import DamagedDay
from appliance.stats.ranges import DateRange, stretches


class Marks(NamedTuple):
    """Fields of `contract.Meta` of the same names."""

    warnings: list[str] | None
    damaged_days: list[DamagedDay] | None
    imported_days: list[list[str]] | None


class DayMarks:
    """Knows them for every site."""

    def __init__(
        self,
        warnings: Callable[[], list[str]] = list,
        damage: Callable[[date, date, str], list[tuple[date | None, str]]] = lambda _first, _last, _timezone: [],
        imported: Callable[[str, date, date], list[date]] = lambda _site, _first, _last: [],
    ) -> None:
        """Where they are read.

        Args:
            warnings: what is wrong with the appliance, one sentence each.
            damage: days of a range in a zone whose numbers a loss has damaged, one sentence each; no day: not known.
            imported: days of a range of a site that came from a log.
        """
        self._warnings = warnings
        self._damage = damage
        self._imported = imported

    def of(self, site: SiteSettings, ranges: Sequence[DateRange]) -> Marks:
        """What is to be said of the days of some ranges."""
        damaged = [found for one in ranges for found in self._damage(one.first, one.last, site.timezone)]
        imported = [day for one in ranges for day in self._imported(site.id, one.first, one.last)]
        return Marks(
            list(dict.fromkeys([*self._warnings(), *(said for _, said in damaged)])) or None,
            [DamagedDay(day.isoformat() if day else None, said) for day, said in damaged] or None,
            stretches(imported) or None,
        )

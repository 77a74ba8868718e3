"""What became of the hits of a site, by day and by hour, and when the last one was counted."""

from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from typing import Any

from appliance.clock import Clock, local_day_hour
from appliance.settings import Settings, SiteSettings
from appliance.stats.outcome_words import WORDS
from appliance.stats.quality_contract import Backlog, LastHit, OutcomeCount, OutcomeMeaning, Quality
from appliance.stats.reports import Reader

DAYS = 30
"""Of the series by day."""
_NO_SITE = ""
"""Under this id hits are counted that belong to no configured site."""
MEANINGS = [OutcomeMeaning(outcome.value, *words) for outcome, words in WORDS.items()]


class QualityAnswers:
    """Reads outcomes.

    Args:
        settings: names the sites.
        clock: seconds since 1970.
        reader: asks ClickHouse.
        backlog: what waits; None while Redis is away.
    """

    def __init__(self, settings: Settings, clock: Clock, reader: Reader, backlog: Callable[[], Backlog | None]) -> None:
        self._settings = settings
        self._clock = clock
        self._reader = reader
        self._backlog = backlog

    def answer(self, site: SiteSettings, sites: Collection[str], *, of_every_site: bool) -> Quality:
        """Everything about one site.

        Args:
            site: whose outcomes.
            sites: of which the last hit is said.
            of_every_site: the asker may know of hits that named no configured site.

        Raises:
            UnavailableError: ClickHouse is away.
        """
        today, _ = local_day_hour(self._clock(), site.timezone)
        utc_today, _ = local_day_hour(self._clock(), "UTC")
        hours = self._ask("by_hour", site=site.id, day=today)
        return Quality(
            site.id,
            self._by_day(site.id, today),
            [OutcomeCount(_hour(today, hour), outcome, int(hits)) for hour, outcome, hits in hours],
            self._by_day(_NO_SITE, utc_today) if of_every_site else [],
            MEANINGS,
            [LastHit(one.id, self._last_hit(one.id)) for one in self._settings.sites if one.id in sites],
            self._backlog(),
        )

    def _by_day(self, site: str, today: date) -> list[OutcomeCount]:
        first = today - timedelta(days=DAYS - 1)
        rows = self._ask("by_day", site=site, first=first, last=today)
        return [OutcomeCount(day.isoformat(), outcome, int(hits)) for day, outcome, hits in rows]

    def _last_hit(self, site: str) -> str:
        rows = self._ask("last_hit", site=site)
        return _hour(rows[0][0], rows[0][1]) if rows else ""

    def _ask(self, name: str, **values: Any) -> Any:
        parameters: Mapping[str, Any] = values
        return self._reader.query(_sql(name), parameters).rows


def _hour(day: date, hour: int) -> str:
    return f"{day.isoformat()} {hour:02d}:00"


@cache
def _sql(name: str) -> str:
    return (files("appliance.stats") / f"sql/quality.{name}.sql").read_text(encoding="utf-8")

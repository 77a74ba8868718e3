"""Tries described hits for the stats API, as ingest would take them, and says what decides."""

import ipaddress
import threading
from collections.abc import Callable

from appliance.admission import admission
from appliance.anonymize.places import Places
from appliance.clock import Clock
from appliance.dimensions import Dimension
from appliance.errors import QueryError
from appliance.events import CleanEvent
from appliance.ingest.trial import Trial, Trials, Verdict
from appliance.outcomes import Outcome
from appliance.settings import Settings, SiteSettings
from appliance.stats.outcome_words import SHIELDS, WORDS
from appliance.stats.quality_contract import Counted, TrialHit, TrialVerdict

_SIGNALS = (
    ("gpc", ("sec-gpc", "1")),
    ("dnt", ("dnt", "1")),
    ("opted_out", ("cookie", "cl_optout=1")),
    ("prefetch", ("sec-purpose", "prefetch")),
)


class HitTrials:
    """What `appliance.stats.quality_api` asks. What ingest loads for it is loaded with the first trial.

    Args:
        settings: as ingest has them.
        clock: seconds since 1970.
        listed: pages of a site's sitemap.
    """

    def __init__(self, settings: Settings, clock: Clock, listed: Callable[[str], frozenset[str]]) -> None:
        self._settings = settings
        self._clock = clock
        self._listed = listed
        self._lock = threading.Lock()
        self._loaded: tuple[Trials, Places] | None = None

    def run(self, hit: TrialHit, site: SiteSettings) -> TrialVerdict:
        """Try a hit.

        Raises:
            QueryError: the address is none.
        """
        headers = tuple(header for name, header in _SIGNALS if getattr(hit, name))
        trial = Trial(site.id, hit.url, hit.event, hit.referrer, hit.user_agent, _address(hit.address), headers)
        verdict = self._ready().run(trial)
        words = WORDS[verdict.outcome]
        return TrialVerdict(
            verdict.outcome.value,
            words.meaning,
            SHIELDS.get(verdict.decided_by, words.decided_by),
            [*verdict.errors, *self._remarks(hit, site, verdict)],
            _counted(verdict.event) if verdict.event else [],
        )

    def _remarks(self, hit: TrialHit, site: SiteSettings, verdict: Verdict) -> list[str]:
        if verdict.outcome is Outcome.WRONG_HOST:
            return [f"Hosts of the site: {', '.join(site.hostnames)}."]
        if verdict.event is None:
            return []
        remarks = []
        if not admission(Dimension.PAGE, site, self._listed(site.id)).admits(verdict.event.path):
            k = self._settings.privacy.k
            remarks.append(
                f"The page is not declared (sites.pages, sites.sitemap): lists show it from {k} visitors a day on."
            )
        if not hit.address:
            remarks.append("Without an address no country and no shield of addresses is tried.")
        remarks.append("Not tried: [limits], a hit that is sent twice, an end of a page without a visit.")
        return remarks

    def _ready(self) -> Trials:
        with self._lock:
            if self._loaded is None:
                from appliance.anonymize.pipeline import Anonymizer

                settings = self._settings
                places = Places(settings.place_database, settings.data_dir, settings.privacy.place)
                self._loaded = Trials(settings, self._clock, Anonymizer(places, settings.privacy)), places
            trials, places = self._loaded
            places.refresh()
            return trials


def _address(text: str) -> str:
    try:
        return str(ipaddress.ip_address(text)) if text else ""
    except ValueError:
        raise QueryError("the address is neither IPv4 nor IPv6") from None


def _counted(event: CleanEvent) -> list[Counted]:
    """Names and values of what would be counted; the tag means nothing and is left out."""
    named = (
        ("Event", event.name),
        ("Host", event.hostname),
        ("Page", event.path),
        ("Source", event.source),
        ("Channel", event.channel),
        ("Referrer", event.referrer),
        ("Country", event.country),
        ("Browser", f"{event.browser} {event.browser_version}".strip()),
        ("System", f"{event.os} {event.os_version}".strip()),
        ("Device", event.device),
        ("Goals", ", ".join(event.goals)),
    )
    return [Counted(name, value) for name, value in named if value]

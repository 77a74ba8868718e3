"""Parsed requests of a log become clean events, on the same way that live hits take through `anonymize`.

What is not live: the time is the line's, limits of arrival do not apply, and a line of the common format has no agent,
from which no visitor can be told.
"""

from datetime import date

from appliance.events import CleanEvent
from appliance.hits import RawHit
from appliance.ingest.anonymizer import HitAnonymizer, Keys
from appliance.ingest.client_address import parse_forwarded
from appliance.ingest.logs.line import LogLine
from appliance.outcomes import Outcome
from appliance.settings import SiteSettings

_NO_AGENT = "unknown"
"""Where the format has none. An empty agent, in a format that has one, is a robot's, as live."""


class LogHits:
    """Makes lines of one site clean.

    Privacy: address and agent end here; what comes back is as clean as an event that is queued live.
    """

    def __init__(self, site: SiteSettings, keys: Keys, anonymizer: HitAnonymizer) -> None:
        self._site = site
        self._keys = keys
        self._anonymizer = anonymizer

    def clean(self, line: LogLine, day: date) -> CleanEvent | Outcome:
        """A clean event, or why there is none; raises KeyGoneError."""
        address = parse_forwarded(line.address.encode("utf-8", "replace"))
        if address is None:
            return Outcome.INVALID  # a host name: the server looked it up
        target = line.target
        if not target.startswith(("https://", "http://")):
            target = f"https://{line.host or self._site.hostnames[0]}{target}"
        hit = RawHit(
            site=self._site.id,
            name=line.name,
            url=target,
            referrer=line.referrer,
            address=address,
            user_agent=_NO_AGENT if line.user_agent is None else line.user_agent,
        )
        if line.signal is not None:
            sent = line.signal
            hit.event_id, hit.props, hit.currency, hit.amount, hit.language, hit.width, hit.scroll_depth = sent
        key = self._keys.day_key(self._site.id, day, create=True)
        return self._anonymizer.anonymize(hit, self._site, key, int(line.at * 1000))

"""What has been worked out for addresses of pages and referrers lately: most hits are for pages just seen. Pure.

Kept under keyed hashes, never under the address. What is kept is redacted, but may be rare: it is forgotten when a
day's key is destroyed, and when a site's rules change.
"""

from typing import NamedTuple

from appliance.anonymize.campaign import NO_CAMPAIGN, Campaign
from appliance.anonymize.channel import channel_of
from appliance.anonymize.memo import KeyedMemo
from appliance.anonymize.page import Page, reduce_url
from appliance.anonymize.site_rules import SiteRules
from appliance.anonymize.source import referrer_of, source_of
from appliance.outcomes import Outcome

_PAGES, _REFERRERS = 32_768, 8192
"""At most about 15 MB and 3 MB, of all sites together."""


class Arrival(NamedTuple):
    """Where a visit came from."""

    referrer: str
    """Host, or package of an app; with a redacted path where one may be kept."""
    source: str
    channel: str


class Recall:
    """Pages and arrivals, remembered for the rest of the day at most."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Remember nothing any more; the keys of the hashes are new ones, too."""
        self._pages: KeyedMemo[Page | Outcome] = KeyedMemo(_PAGES)
        self._arrivals: KeyedMemo[Arrival] = KeyedMemo(_REFERRERS)

    def page(self, url: str, rules: SiteRules, *, with_fragment: bool = False) -> Page | Outcome:
        """See `reduce_url`. Takes 1.5 µs for a known address."""
        key = self._pages.hashed(f"{rules.site.id} {with_fragment:d} {url}".encode("utf-8", "surrogatepass"))
        page = self._pages.get(key)
        if page is None:
            page = reduce_url(url, rules.hostnames, with_fragment=with_fragment)
            self._pages.put(key, page)
        return page

    def arrival(self, referrer: str, campaign: Campaign, rules: SiteRules, *, with_path: bool = False) -> Arrival:
        """Host, source and channel; with the referrer's redacted path where the default is relaxed.

        Only what no campaign has a part in is remembered.
        """
        if campaign is not NO_CAMPAIGN:
            return _arrival(referrer, campaign, rules, with_path)
        key = self._arrivals.hashed(f"{rules.site.id} {referrer}".encode("utf-8", "surrogatepass"))
        arrival = self._arrivals.get(key)
        if arrival is None:
            arrival = _arrival(referrer, campaign, rules, with_path)
            self._arrivals.put(key, arrival)
        return arrival


def _arrival(text: str, campaign: Campaign, rules: SiteRules, with_path: bool) -> Arrival:
    referrer = referrer_of(text, rules.hostnames, with_path=with_path)
    source = source_of(referrer, campaign)
    return Arrival(referrer.host + referrer.path, source.name, channel_of(source, campaign).value)

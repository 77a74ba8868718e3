"""How many hits a second one network and one site may send, and how many new visitors a network may bring.

All of it in fixed memory, that of the process alone: it begins anew with every start. See `network_buckets` and
`seen_visitors`.
"""

from collections.abc import Callable, Iterable

from appliance.ingest.client_address import Address
from appliance.ingest.network_buckets import SLACK_SECONDS, NetworkBuckets
from appliance.ingest.seen_visitors import SeenVisitors
from appliance.settings import LimitSettings

_DAY_SECONDS = 86_400


class Limits:
    """What ingest may take now. One object for the process; the moment is passed in, in seconds since 1970.

    An address that is nobody's on the internet, or a proxy's, is never over a limit of its network: everybody seems to
    come from it when a proxy in front is not configured.
    """

    def __init__(self, settings: LimitSettings, sites: Iterable[str], is_proxy: Callable[[Address], bool]) -> None:
        """`is_proxy` says whether an address belongs to a configured proxy."""
        self._is_proxy = is_proxy
        self._hits = NetworkBuckets(settings.network_hits_per_second, settings.network_burst)
        visitors = settings.network_visitors_per_day
        self._visitors = NetworkBuckets(visitors / _DAY_SECONDS, visitors)
        self._seen = SeenVisitors()
        self._sites = dict.fromkeys(sites, 0.0)
        self._site_step = 1 / settings.site_hits_per_second
        self._site_burst = settings.site_burst * self._site_step

    def take_network(self, address: Address, now: float) -> bool:
        """Whether one more hit of this address's /24 or /48 may be taken; if so, it has been."""
        return self._hits.take(address, now) or self._is_everybody(address)

    def take_site(self, site: str, now: float) -> bool:
        """Whether one more hit of a configured site may be taken; if so, it has been."""
        full_at = self._sites[site]
        if full_at - now > self._site_burst + SLACK_SECONDS:
            full_at = now
        elif full_at - now > self._site_burst - self._site_step / 2:
            return False
        self._sites[site] = (full_at if full_at > now else now) + self._site_step
        return True

    def take_visitor(self, address: Address, tag: bytes, now: float) -> bool:
        """Whether this visitor of a site may be counted: seen before, or the network may bring one more.

        Each visitor is a profile in Redis until the day ends. Without a limit one machine that varies its agent fills
        it within the hour, and nobody is counted for the rest of the day.
        """
        if self._seen.has(tag):
            return True
        if not self._visitors.take(address, now) and not self._is_everybody(address):
            return False
        self._seen.add(tag)
        return True

    def _is_everybody(self, address: Address) -> bool:
        return not address.is_global or self._is_proxy(address)

"""Token buckets: how many hits a second one network and one site may send. Memory is fixed, and holds no address.

A bucket is one number, the moment at which it would be full again (the generic cell rate algorithm, ITU-T I.371).
Networks share a table of them: two places each, found by a hash whose key lives as long as the process. A network is
over its limit only if both of its places are, so a flood from elsewhere meets it by accident alone: with a thousand
networks over their limits, one of about four thousand others is.
"""

import hashlib
import os
from array import array
from collections.abc import Callable, Iterable

from appliance.ingest.client_address import Address
from appliance.settings import LimitSettings

_PLACES = 1 << 16
"""Of each of the two halves: 2 × 65,536 × 8 bytes, 1 MiB in all, however many networks send."""
_MASK = _PLACES - 1
_IPV6_MARK = 1 << 48
_SLACK_SECONDS = 1.0
"""No bucket is further ahead than its burst: if one is, the clock was set back."""


class Limits:
    """What ingest may take now. One object for the process; the moment is passed in, in seconds since 1970."""

    def __init__(self, settings: LimitSettings, sites: Iterable[str], is_proxy: Callable[[Address], bool]) -> None:
        """`is_proxy` says whether an address belongs to a configured proxy."""
        self._is_proxy = is_proxy
        self._networks = array("d", [0.0]) * (2 * _PLACES)
        self._network_step = 1 / settings.network_hits_per_second
        self._network_burst = settings.network_burst * self._network_step
        self._sites = dict.fromkeys(sites, 0.0)
        self._site_step = 1 / settings.site_hits_per_second
        self._site_burst = settings.site_burst * self._site_step
        self._hash = hashlib.blake2b(key=os.urandom(32), digest_size=4)

    def take_network(self, address: Address, now: float) -> bool:
        """Whether one more hit of this address's /24 or /48 may be taken; if so, it has been.

        An address that is nobody's on the internet, or a proxy's, is never over the limit: everybody seems to come
        from it when a proxy in front is not configured.

        Privacy: the address becomes a place in a table that 65,536 places share, under a key that dies with the
        process.
        """
        number = int(address)
        network = number >> 8 if address.version == 4 else number >> 80 | _IPV6_MARK
        hashed = self._hash.copy()
        hashed.update(network.to_bytes(7, "big"))
        place = int.from_bytes(hashed.digest(), "big")
        one, two = place & _MASK, _PLACES + (place >> 16)
        full_at = min(self._networks[one], self._networks[two])
        if was_set_back := full_at - now > self._network_burst + _SLACK_SECONDS:
            full_at = now
        elif full_at - now > self._network_burst - self._network_step / 2:
            return not address.is_global or self._is_proxy(address)
        fresh = (full_at if full_at > now else now) + self._network_step
        for at in (one, two):
            if self._networks[at] < fresh or was_set_back:
                self._networks[at] = fresh
        return True

    def take_site(self, site: str, now: float) -> bool:
        """Whether one more hit of a configured site may be taken; if so, it has been."""
        full_at = self._sites[site]
        if full_at - now > self._site_burst + _SLACK_SECONDS:
            full_at = now
        elif full_at - now > self._site_burst - self._site_step / 2:
            return False
        self._sites[site] = (full_at if full_at > now else now) + self._site_step
        return True

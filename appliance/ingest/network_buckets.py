"""A token bucket for every network, in fixed memory that holds no address.

A bucket is one number, the moment at which it would be full again (the generic cell rate algorithm, ITU-T I.371).
Networks share a table of them: two places each, found by Python's keyed hash of bytes (SipHash, PEP 456) with a key of
the process in front. A network is over its limit only if both of its places are, so a flood from elsewhere meets it by
accident alone: with a thousand networks over their limits, one of about four thousand others is.
"""

import os
from array import array

from appliance.ingest.client_address import Address

_PLACES = 1 << 16
"""Of each of the two halves: 2 × 65,536 × 8 bytes, 1 MiB in all, however many networks send."""
_MASK = _PLACES - 1
_IPV6_MARK = 1 << 48
SLACK_SECONDS = 1.0
"""No bucket is further ahead than its burst: if one is, the clock was set back."""


class NetworkBuckets:
    """Buckets of all networks, /24 or /48. The moment is passed in, in seconds since 1970."""

    def __init__(self, per_second: float, burst: int) -> None:
        self._full_at = array("d", [0.0]) * (2 * _PLACES)
        self._step = 1 / per_second
        self._burst = burst * self._step
        self._key = os.urandom(8)

    def take(self, address: Address, now: float) -> bool:
        """Whether the network of this address has one more; if so, it is taken.

        Privacy: the address becomes a place in a table that 65,536 places share, under a key that dies with the
        process.
        """
        number = int(address)
        network = number >> 8 if address.version == 4 else number >> 80 | _IPV6_MARK
        place = hash(self._key + network.to_bytes(7, "big"))
        table = self._full_at
        one, two = place & _MASK, _PLACES + (place >> 16 & _MASK)
        full_at = min(table[one], table[two])
        if was_set_back := full_at - now > self._burst + SLACK_SECONDS:
            full_at = now
        elif full_at - now > self._burst - self._step / 2:
            return False
        fresh = (full_at if full_at > now else now) + self._step
        for at in (one, two):
            if table[at] < fresh or was_set_back:
                table[at] = fresh
        return True

"""Current visitors of each site in each of the last 30 minutes: one number a minute, in memory only."""

import threading
from collections.abc import Callable, Collection, Mapping

from appliance.clock import Clock
from appliance.errors import UnavailableError
from appliance.stats.live_contract import MINUTES, LiveMinutes

SAMPLE_SECONDS = 5.0
"""How often the numbers are looked at: as often as the worker writes them or less."""
_MINUTE_SECONDS = 60


class LiveHistory:
    """Remembers what `read` said.

    Args:
        sites: ids.
        read: current visitors of all sites; raises UnavailableError.
        clock: seconds since 1970.
    """

    def __init__(
        self, sites: Collection[str], read: Callable[[Collection[str]], Mapping[str, int]], clock: Clock
    ) -> None:
        self._sites = tuple(sites)
        self._read = read
        self._clock = clock
        self._peaks: dict[int, dict[str, int]] = {}
        """By minute since 1970; the greatest number of each site."""

    def run(self, stop: threading.Event) -> None:
        """Look again and again until told to stop."""
        while not stop.wait(SAMPLE_SECONDS):
            self.sample()

    def sample(self) -> None:
        """Look once. While Redis is away nothing is known of a minute."""
        try:
            numbers = self._read(self._sites)
        except UnavailableError:
            return
        minute = self._minute()
        peaks = dict(self._peaks.get(minute, {}))
        for site, number in numbers.items():
            peaks[site] = max(number, peaks.get(site, 0))
        kept = {known: one for known, one in self._peaks.items() if minute - MINUTES < known <= minute}
        self._peaks = kept | {minute: peaks}

    def of(self, site: str) -> LiveMinutes:
        """What is known of a site.

        Raises:
            UnavailableError: Redis is away.
        """
        current = self._read((site,))[site]
        minute, known = self._minute(), self._peaks
        minutes = [known.get(minute - MINUTES + 1 + step, {}).get(site) for step in range(MINUTES)]
        minutes[-1] = max(current, minutes[-1] or 0)
        return LiveMinutes(current, minutes)

    def _minute(self) -> int:
        return int(self._clock() // _MINUTE_SECONDS)

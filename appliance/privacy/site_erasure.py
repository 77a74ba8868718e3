"""Erase everything that is kept of one site, and prove it: keys first, then Redis, then the counters.

Whatever fails on the way, what was sealed under the destroyed keys cannot be read any more, and the same command does
the rest. Names of the site stay in the evidence log, which says what was erased.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

from appliance.anonymize.keyring import Keyring, split_key_name
from appliance.clock import Clock
from appliance.errors import UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.state.connection import Client, is_rewriting_append_only_file, rewrite_append_only_file
from appliance.state.site_state import SiteState
from appliance.warehouse.client import WriteClient
from appliance.warehouse.site_rows import count_rows, delete_rows

_REWRITE_SECONDS = 120.0
_LOOK_AGAIN_SECONDS = 0.05


class Held(NamedTuple):
    """What is kept of a site."""

    rows: dict[str, int]
    """By table."""
    redis: dict[str, int]
    """By kind, see `SiteState.count`."""
    keys: int

    @property
    def is_empty(self) -> bool:
        """Nothing is left."""
        return not any((*self.rows.values(), *self.redis.values(), self.keys))


class SiteErasure:
    """One site of an appliance that is stopped: nothing else may use Redis, ClickHouse or the keys meanwhile."""

    def __init__(
        self,
        site: str,
        shards: int,
        counters: WriteClient,
        redis: Client,
        keys: Keyring,
        evidence: EvidenceLog,
        clock: Clock,
    ) -> None:
        self._site = site
        self._counters = counters
        self._redis = redis
        self._state = SiteState(redis, shards, site)
        self._keys = keys
        self._evidence = evidence
        self._clock = clock

    def held(self) -> Held:
        """What there is; changes nothing. Raises UnavailableError."""
        ours = [slot for slot in self._keys.live() if split_key_name(slot.name)[0] == self._site]
        return Held(count_rows(self._counters, self._site), self._state.count(), len(ours))

    def erase(self, count_facts: Callable[[], None]) -> Held:
        """Erase all of it, and see that it is gone.

        Args:
            count_facts: moves all facts that wait for ClickHouse into the counters, those of other sites too.

        Returns:
            What there was.

        Raises:
            ApplianceError: not all of it is gone; call it again.
        """
        count_facts()
        before = self.held()
        self._evidence.append("site_erasure_started", self._clock(), site=self._site, **_facts(before))
        self._destroy_keys()
        self._state.remove()
        deleted = delete_rows(self._counters, self._site)
        rewritten = self._rewrite_file()
        self._keys.forget(self._site)  # the running day begins anew
        left = self.held()
        if not left.is_empty:
            raise UnavailableError(f"something of site '{self._site}' is left; run the same command again")
        self._evidence.append(
            "site_erased",
            self._clock(),
            site=self._site,
            deleted=deleted,
            append_only_file_rewritten=int(rewritten),
            **_facts(left),
        )
        return before

    def _destroy_keys(self) -> None:
        for slot in self._keys.live():
            site, day = split_key_name(slot.name)
            if site != self._site:
                continue
            destroyed = self._keys.destroy(slot)
            self._evidence.append(
                "key_destroyed",
                self._clock(),
                site=site,
                day=day.isoformat(),
                commitment=destroyed.commitment,
                created_at=destroyed.created_at,
                unacknowledged=destroyed.unacknowledged,
            )
            self._keys.mark_logged(slot)

    def _rewrite_file(self) -> bool:
        """Let Redis write its file anew without what was removed; False where an external one does not allow it."""
        deadline = time.monotonic() + _REWRITE_SECONDS
        while (started := rewrite_append_only_file(self._redis)) is None:
            self._pause(deadline)
        while started and is_rewriting_append_only_file(self._redis):
            self._pause(deadline)
        return bool(started)

    def _pause(self, deadline: float) -> None:
        if time.monotonic() > deadline:
            raise UnavailableError("Redis did not write its file anew in time; run the same command again")
        time.sleep(_LOOK_AGAIN_SECONDS)


def _facts(held: Held) -> dict[str, dict[str, int] | int]:
    return {"rows": held.rows, "redis": held.redis, "keys": held.keys}

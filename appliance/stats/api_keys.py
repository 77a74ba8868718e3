"""Who may read which site: bearer keys, compared by their hash in constant time."""

import hashlib
import hmac
from typing import NamedTuple

from appliance.settings import ANY_SITE, ApiKeySettings, Settings
from appliance.stats.grants import Right

SCHEME = "bearer "


class Reader(NamedTuple):
    """The holder of a key."""

    name: str
    sites: tuple[str, ...]
    may_change: bool = False
    """Only the appliance's own key: those of the configuration read."""

    def may_read(self, site: str) -> bool:
        """Whether the key opens this site."""
        return ANY_SITE in self.sites or site in self.sites

    def may(self, right: Right, site: str) -> bool:
        """Whether the key has a right for a site: numbers of its sites; all else takes a key for every site."""
        return self.may_read(site) if right is Right.NUMBERS else self.may_read(ANY_SITE)

    def knows(self, site: str) -> bool:
        """Whether the key opens this site."""
        return self.may_read(site)


class ApiKeys:
    """All keys of the stats API: those of the configuration, and the appliance's own, which opens every site."""

    def __init__(self, settings: Settings, own_key: str) -> None:
        self._own = ApiKeySettings(name="appliance", sha256=_hash(own_key))
        self._keys = (self._own, *settings.api_keys)

    def reader(self, authorization: str) -> Reader | None:
        """Holder of the key in an `Authorization` header, None if there is none such."""
        if authorization[: len(SCHEME)].lower() != SCHEME:
            return None
        given = _hash(authorization[len(SCHEME) :].strip())
        found = [key for key in self._keys if hmac.compare_digest(key.sha256, given)]
        return Reader(found[0].name, found[0].sites, found[0] is self._own) if found else None


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()

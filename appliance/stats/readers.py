"""Who asks the stats API: the holder of a key, or somebody for whom the dashboard brings a grant."""

from typing import Any, Protocol

from appliance.stats.api_keys import SCHEME, ApiKeys
from appliance.stats.contract import Question
from appliance.stats.grants import Grants, Right, locked
from appliance.stats.lock import beyond_lock
from appliance.stats.replies import HttpRefusal


class Reader(Protocol):
    """What routes ask of either."""

    @property
    def may_change(self) -> bool:
        """Whether it is the appliance itself."""

    def may_read(self, site: str) -> bool:
        """Whether the numbers of a site may be shown."""

    def may(self, right: Right, site: str) -> bool:
        """Whether there is a right for a site; `*` asks for all sites."""

    def knows(self, site: str) -> bool:
        """Whether there is any right for a site."""


class Readers:
    """Keys and grants together."""

    def __init__(self, keys: ApiKeys, grants: Grants) -> None:
        self._keys = keys
        self._grants = grants

    def reader(self, authorization: str) -> Reader | None:
        """Who stands behind an `Authorization` header, None if nobody does."""
        found: Reader | None = self._keys.reader(authorization)
        if found is None and authorization[: len(SCHEME)].lower() == SCHEME:
            found = self._grants.opened(authorization[len(SCHEME) :].strip())
        return found


def only_for(reader: Reader) -> tuple[list[Any], ...]:
    """Filters to which the reader is locked; none for keys."""
    return getattr(reader, "only", ())


def as_locked(question: Question, reader: Reader) -> Question:
    """The question with the filters to which its asker is locked.

    Raises:
        HttpRefusal: it would tell of visitors outside of these.
        QueryError: a dimension does not exist.
    """
    only = only_for(reader)
    if only and (metric := beyond_lock(question, only)):
        raise HttpRefusal(403, f"{metric} tells of visitors outside the filter to which this link is locked")
    return locked(question, only)

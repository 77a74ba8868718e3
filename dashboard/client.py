"""The dashboard's only source of numbers: the stats API over HTTP.

Every question carries a grant of the one who looks. Connections are kept open. The client never follows the
environment's proxy settings, so grants go to the configured address and nowhere else.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar

import httpx
import msgspec

from appliance.stats.contract import (
    FUNNELS_PATH,
    META_HEADER,
    QUERY_PATH,
    REALTIME_PATH,
    SITES_PATH,
    TRANSITIONS_PATH,
    Answer,
    Funnels,
    Meta,
    Question,
    Refusal,
    Site,
    Sites,
    Transitions,
)
from appliance.stats.grants import SECONDS, signed
from appliance.stats.live_contract import LIVE_PATH, LiveMinutes
from appliance.stats.privacy_contract import CHAIN_PATH, PRIVACY_PATH, ChainVerdict, PrivacyFacts
from appliance.stats.quality_contract import (
    QUALITY_PATH,
    SETUP_PATH,
    TRIAL_PATH,
    Quality,
    SiteSetup,
    TrialHit,
    TrialVerdict,
)
from dashboard.rights import Reader

_TIMEOUT = httpx.Timeout(20.0, connect=3.0)
_LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=8)
_Type = TypeVar("_Type")


class StatsError(Exception):
    """The stats API gave no numbers. The text may hold words of the question: show it as plain text only."""


class StatsAwayError(StatsError):
    """It did not answer; trying again can succeed."""


class StatsRefusedError(StatsError):
    """It does not answer such a question, or the key is wrong; trying again cannot succeed."""


class Table(NamedTuple):
    """An answer as CSV, in which no cell is a formula, and how to read it."""

    content: bytes
    meta: Meta


class StatsConnection:
    """Connections to the stats API, shared by all readers; safe to use from several threads.

    Args:
        url: base address without a path.
        key: signs what is asked.
        clock: seconds since 1970.
    """

    def __init__(self, url: str, key: str, clock: Callable[[], float]) -> None:
        self._key = key
        self._clock = clock
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"User-Agent": "appliance-dashboard"},
            timeout=_TIMEOUT,
            limits=_LIMITS,
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def client(self, reader: Reader) -> "StatsClient":
        """Asks for this reader; the stats API answers what the reader may see and nothing else."""
        return StatsClient(self._http, lambda: signed(reader.grant(self._clock() + SECONDS), self._key))


class StatsClient:
    """Asks the stats API for one reader.

    Args:
        http: the connections.
        grant: a fresh one for each question.
    """

    def __init__(self, http: httpx.Client, grant: Callable[[], str]) -> None:
        self._http = http
        self._grant = grant

    def sites(self) -> list[Site]:
        """The measured sites, in the order of the configuration.

        Raises:
            StatsError: see the subclasses, as in all methods here.
        """
        return _decode(self._send("GET", SITES_PATH), Sites).sites

    def current_visitors(self, site: str) -> int:
        """Visitors of the last five minutes."""
        return _decode(self._send("GET", REALTIME_PATH, params={"site_id": site}), int)

    def minutes(self, site: str) -> LiveMinutes:
        """Current visitors, and those of the last 30 minutes."""
        return _decode(self._send("GET", LIVE_PATH, params={"site_id": site}), LiveMinutes)

    def query(self, question: Question) -> Answer:
        """Numbers of one site."""
        body = msgspec.json.encode(question)
        return _decode(self._send("POST", QUERY_PATH, body=body), Answer)

    def table(self, question: Question) -> Table:
        """The same as `query` as CSV."""
        return self._table("POST", QUERY_PATH, body=msgspec.json.encode(question))

    def funnels_table(self, site: str, date_range: str) -> Table:
        """The same as `funnels` as CSV."""
        return self._table("GET", FUNNELS_PATH, params={"site_id": site, "date_range": date_range})

    def transitions_table(self, site: str, date_range: str) -> Table:
        """The same as `transitions` as CSV."""
        return self._table("GET", TRANSITIONS_PATH, params={"site_id": site, "date_range": date_range})

    def funnels(self, site: str, date_range: str) -> Funnels:
        """All funnels of a site; the range is a name, or two days with a comma between."""
        return _decode(self._send("GET", FUNNELS_PATH, params={"site_id": site, "date_range": date_range}), Funnels)

    def transitions(self, site: str, date_range: str) -> Transitions:
        """From which page to which visits went; the range as of `funnels`."""
        params = {"site_id": site, "date_range": date_range}
        return _decode(self._send("GET", TRANSITIONS_PATH, params=params), Transitions)

    def privacy_facts(self) -> PrivacyFacts:
        """What is kept, how long, and the evidence, of the sites for which the reader may know."""
        return _decode(self._send("GET", PRIVACY_PATH), PrivacyFacts)

    def check_chain(self) -> ChainVerdict:
        """Have the whole evidence log walked now."""
        return _decode(self._send("GET", CHAIN_PATH), ChainVerdict)

    def quality(self, site: str) -> Quality:
        """What became of hits."""
        return _decode(self._send("GET", QUALITY_PATH, params={"site_id": site}), Quality)

    def try_hit(self, hit: TrialHit) -> TrialVerdict:
        """What would become of a described hit."""
        return _decode(self._send("POST", TRIAL_PATH, body=msgspec.json.encode(hit)), TrialVerdict)

    def setup(self, site: str) -> SiteSetup:
        """A site as configured."""
        return _decode(self._send("GET", SETUP_PATH, params={"site_id": site}), SiteSetup)

    def download(self, path: str) -> bytes:
        """An answer as it is, to be saved as a file."""
        return self._send("GET", path)

    def _table(
        self, method: str, path: str, *, params: dict[str, str] | None = None, body: bytes | None = None
    ) -> Table:
        answer = self._answer(method, path, params=params, body=body, accept="text/csv")
        return Table(answer.content, _decode(answer.headers.get(META_HEADER, "").encode(), Meta))

    def _send(
        self, method: str, path: str, *, params: dict[str, str] | None = None, body: bytes | None = None
    ) -> bytes:
        return self._answer(method, path, params=params, body=body).content

    def _answer(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        body: bytes | None = None,
        accept: str = "application/json",
    ) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self._grant()}", "Accept": accept}
        if body is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = self._http.request(method, path, params=params, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise StatsAwayError(type(error).__name__) from None
        if response.status_code == httpx.codes.OK:
            return response
        kind = StatsAwayError if response.status_code >= 500 else StatsRefusedError
        raise kind(_reason(response))


def _reason(response: httpx.Response) -> str:
    try:
        return msgspec.json.decode(response.content, type=Refusal).error
    except msgspec.DecodeError:
        return f"HTTP {response.status_code}"


def _decode(content: bytes, type_: type[_Type]) -> _Type:
    try:
        return msgspec.json.decode(content, type=type_)
    except msgspec.DecodeError:
        raise StatsAwayError("the answer could not be read") from None

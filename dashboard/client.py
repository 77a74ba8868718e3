"""The dashboard's only source of numbers: the stats API over HTTP.

One client serves all viewers; connections are kept open. It never follows the environment's proxy
settings, so the key goes to the configured address and nowhere else.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, TypeVar
from urllib.parse import quote

import httpx
import msgspec

_TIMEOUT = httpx.Timeout(20.0, connect=3.0)
_LIMITS = httpx.Limits(max_connections=16, max_keepalive_connections=8)


class StatsError(Exception):
    """The stats API gave no numbers. The text is for the reader."""


class StatsAwayError(StatsError):
    """It did not answer; trying again can succeed."""


class StatsRefusedError(StatsError):
    """It does not answer such a question, or the key is wrong."""


class Site(msgspec.Struct, frozen=True):
    """A measured site."""

    id: str
    timezone: str


class _Row(msgspec.Struct, frozen=True):
    metrics: list[float | None]
    dimensions: list[str] = []


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Row]
    meta: dict[str, Any] = {}
    query: dict[str, Any] = {}


class Answer(msgspec.Struct, frozen=True):
    """Rows of an answer, with the metrics by name."""

    rows: Sequence["Row"]
    meta: Mapping[str, Any]
    query: Mapping[str, Any]


class Row(msgspec.Struct, frozen=True):
    """One row: values of the dimensions asked for, numbers by metric."""

    dimensions: Sequence[str]
    metrics: Mapping[str, float | None]


class _Sites(msgspec.Struct, frozen=True):
    sites: list[Site]


class StatsClient:
    """Asks the stats API.

    Args:
        url: base address without a path.
        key: bearer key.
    """

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=url.rstrip("/"),
            headers={"Authorization": f"Bearer {key}", "User-Agent": "appliance-dashboard"},
            timeout=_TIMEOUT,
            limits=_LIMITS,
            trust_env=False,
            follow_redirects=False,
        )

    def close(self) -> None:
        """Close all connections."""
        self._http.close()

    def sites(self) -> list[Site]:
        """The measured sites, in the order of the configuration."""
        return _decode(self._send("GET", "/api/v1/sites"), _Sites).sites

    def current_visitors(self, site: str) -> int:
        """Visitors of the last five minutes."""
        path = f"/api/v1/stats/realtime/visitors?site_id={quote(site, safe='')}"
        return _decode(self._send("GET", path), int)

    def query(
        self,
        site: str,
        date_range: str | tuple[date, date],
        metrics: Sequence[str],
        dimensions: Sequence[str] = (),
        limit: int | None = None,
    ) -> Answer:
        """Metrics of a period, whole or by dimensions, most visitors first.

        Raises:
            StatsAwayError: retryable.
            StatsRefusedError: not retryable.
        """
        question: dict[str, Any] = {
            "site_id": site,
            "date_range": date_range,
            "metrics": metrics,
            "dimensions": dimensions,
        }
        if limit is not None:
            question["pagination"] = {"limit": limit, "offset": 0}
        answer = _decode(self._send("POST", "/api/v2/query", msgspec.json.encode(question)), _Answer)
        rows = [Row(row.dimensions, dict(zip(metrics, row.metrics, strict=True))) for row in answer.results]
        return Answer(rows, answer.meta, answer.query)

    def _send(self, method: str, path: str, body: bytes | None = None) -> bytes:
        headers = {"Content-Type": "application/json"} if body is not None else None
        try:
            response = self._http.request(method, path, content=body, headers=headers)
        except httpx.HTTPError as error:
            raise StatsAwayError(type(error).__name__) from None
        if response.status_code >= 500:
            raise StatsAwayError(f"HTTP {response.status_code}")
        if response.status_code != httpx.codes.OK:
            raise StatsRefusedError(f"HTTP {response.status_code}")
        return response.content


_Type = TypeVar("_Type")


def _decode(content: bytes, type_: type[_Type]) -> _Type:
    try:
        return msgspec.json.decode(content, type=type_)
    except msgspec.DecodeError:
        raise StatsAwayError("the answer could not be read") from None

"""The stats API as a client sees it, and waiting for numbers to arrive."""

import time
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import httpx

METRICS = ("visitors", "visits", "pageviews", "events", "views_per_visit", "bounce_rate", "visit_duration")
_LOOK_AGAIN_SECONDS = 0.1
_T = TypeVar("_T")

Row = dict[str, Any]
"""Numbers by metric."""
Table = dict[tuple[str, ...], Row]
"""Rows by the values of their dimensions."""


class StatsClient:
    """Asks one stats API with one bearer key."""

    def __init__(self, url: str, key: str) -> None:
        self._http = httpx.Client(
            base_url=url, headers={"Authorization": f"Bearer {key}"} if key else {}, timeout=20, trust_env=False
        )

    def __enter__(self) -> "StatsClient":
        return self

    def __exit__(self, *_exception: object) -> None:
        self._http.close()

    def ask(self, question: dict[str, Any], accept: str = "*/*") -> httpx.Response:
        """Send any question, good or bad."""
        return self._http.post("/api/v2/query", json=question, headers={"accept": accept})

    def get(self, path: str) -> httpx.Response:
        """Read another path."""
        return self._http.get(path)

    def table(
        self,
        site: str,
        date_range: str | Sequence[str] = "all",
        dimensions: Sequence[str] = (),
        metrics: Sequence[str] = METRICS,
    ) -> Table:
        """All rows of a good question."""
        answer = self.ask(
            {"site_id": site, "date_range": date_range, "metrics": list(metrics), "dimensions": list(dimensions)}
        )
        assert answer.status_code == 200, (answer.status_code, answer.text)
        rows = answer.json()["results"]
        table = {tuple(row["dimensions"]): dict(zip(metrics, row["metrics"], strict=True)) for row in rows}
        assert len(table) == len(rows), "a row stands there twice"
        return table

    def totals(self, site: str, date_range: str | Sequence[str] = "all") -> Row:
        """The numbers of the whole site."""
        return self.table(site, date_range)[()]


def await_equal(ask: Callable[[], _T], expected: _T, about: object = "", seconds: float = 15.0) -> None:
    """Wait until an answer is what is expected; fails with what is different in the last answer.

    Counting runs on its own, and over HTTP nothing tells when it is done.
    """
    deadline = time.monotonic() + seconds
    while (found := ask()) != expected and time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)
    if found != expected:
        raise AssertionError(f"{about}\n{_difference(found, expected)}")


def await_true(condition: Callable[[], bool], what: str, seconds: float = 15.0) -> None:
    """Wait until something holds; fails with a word about what did not happen."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what}"
        time.sleep(_LOOK_AGAIN_SECONDS)


def _difference(found: object, expected: object) -> str:
    if not isinstance(found, dict) or not isinstance(expected, dict):
        return f"found {found}, expected {expected}"
    labels = [label for label in {**found, **expected} if found.get(label) != expected.get(label)]
    return "\n".join(f"{label}: found {found.get(label)}, expected {expected.get(label)}" for label in labels)

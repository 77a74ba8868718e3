"""A stats API for tests of the dashboard: answers from a table, remembers what it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

Rows = Sequence[tuple[str, int]]


@dataclass
class FakeStats:
    """What the fake answers; tests change it at any time.

    `totals` are the numbers without dimension, `rows` the visitors by value for each dimension.
    """

    key: str = "test-key"
    sites: list[dict[str, str]] = field(default_factory=lambda: [{"id": "example.org", "timezone": "UTC"}])
    totals: dict[str, float | None] = field(default_factory=dict)
    rows: dict[str, Rows] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    current: int = 0
    status: int = 200
    questions: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> Starlette:
        """The ASGI application."""
        return Starlette(
            routes=[
                Route("/api/v1/sites", self._sites),
                Route("/api/v1/stats/realtime/visitors", self._realtime),
                Route("/api/v2/query", self._query, methods=["POST"]),
            ]
        )

    def _refusal(self, request: Request) -> Response | None:
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return JSONResponse({"error": "who are you?"}, status_code=401)
        if self.status != 200:
            return JSONResponse({"error": "not now"}, status_code=self.status)
        return None

    async def _sites(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse({"sites": self.sites})

    async def _realtime(self, request: Request) -> Response:
        return self._refusal(request) or JSONResponse(self.current)

    async def _query(self, request: Request) -> Response:
        refusal = self._refusal(request)
        if refusal:
            return refusal
        question = await request.json()
        self.questions.append(question)
        metrics = question["metrics"]
        dimensions = question.get("dimensions") or []
        if not dimensions:
            results: list[dict[str, Any]] = [
                {"dimensions": [], "metrics": [self.totals.get(name, 0) for name in metrics]}
            ]
        else:
            limit = question.get("pagination", {}).get("limit", 10_000)
            results = [
                {"dimensions": [value], "metrics": [number for _ in metrics]}
                for value, number in self.rows.get(dimensions[0], ())[:limit]
            ]
        return JSONResponse({"results": results, "meta": self.meta, "query": question})

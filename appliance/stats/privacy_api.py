"""Privacy facts over HTTP, for readers with the right `privacy`. No route here shows a number of visitors."""

from collections.abc import Callable, Collection, Iterable

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appliance.settings import ANY_SITE, Settings
from appliance.stats.access import Access
from appliance.stats.grants import Right
from appliance.stats.privacy_contract import CHAIN_PATH, EVIDENCE_PATH, PRIVACY_PATH, ChainVerdict, PrivacyFacts
from appliance.stats.readers import Readers
from appliance.stats.replies import HEADERS, HttpRefusal, as_json

Sites = Collection[str] | None
"""Ids; None: all, also those that are not configured any more."""


class PrivacyApi:
    """The routes.

    Args:
        settings: names the sites.
        readers: says who asks.
        facts: everything that may be said about some sites.
        verify: walks the chain.
        evidence: lines of the log about some sites.
    """

    def __init__(
        self,
        settings: Settings,
        readers: Readers,
        facts: Callable[[Sites], PrivacyFacts],
        verify: Callable[[], ChainVerdict],
        evidence: Callable[[Sites], Iterable[bytes]],
    ) -> None:
        self._settings = settings
        self._access = Access(settings, readers)
        self._facts = facts
        self._verify = verify
        self._evidence = evidence

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route(PRIVACY_PATH, self.show, methods=["GET"]),
            Route(CHAIN_PATH, self.check, methods=["GET"]),
            Route(EVIDENCE_PATH, self.download, methods=["GET"]),
        ]

    async def show(self, request: Request) -> Response:
        """`GET /api/v1/privacy`."""
        return as_json(await anyio.to_thread.run_sync(self._facts, self._sites(request)))

    async def check(self, request: Request) -> Response:
        """`GET /api/v1/privacy/chain`."""
        self._sites(request)
        return as_json(await anyio.to_thread.run_sync(self._verify))

    async def download(self, request: Request) -> Response:
        """`GET /api/v1/privacy/evidence`: JSON lines."""
        lines = await anyio.to_thread.run_sync(self._evidence, self._sites(request))
        return Response(b"".join(line + b"\n" for line in lines), 200, HEADERS, "application/x-ndjson")

    def _sites(self, request: Request) -> Sites:
        reader = self._access.reader(request)
        if reader.may(Right.PRIVACY, ANY_SITE):
            return None
        found = [site.id for site in self._settings.sites if reader.may(Right.PRIVACY, site.id)]
        if not found:
            raise HttpRefusal(403, "this needs the right to privacy facts")
        return found

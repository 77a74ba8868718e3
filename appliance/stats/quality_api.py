"""Data quality and set-up over HTTP, for readers with the rights `quality` and `setup`. Nothing here is a change."""

from collections.abc import Callable

import anyio.to_thread
import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from appliance.errors import QueryError
from appliance.settings import ANY_SITE, Settings, SiteSettings
from appliance.stats.access import Access
from appliance.stats.grants import Right
from appliance.stats.quality import QualityAnswers
from appliance.stats.quality_contract import QUALITY_PATH, SETUP_PATH, TRIAL_PATH, TrialHit, TrialVerdict
from appliance.stats.readers import Reader, Readers
from appliance.stats.replies import as_json, body_of
from appliance.stats.site_setup import site_setup


class QualityApi:
    """The routes.

    Args:
        settings: names the sites.
        readers: says who asks.
        answers: reads outcomes.
        trial: says what would become of a hit.
    """

    def __init__(
        self,
        settings: Settings,
        readers: Readers,
        answers: QualityAnswers,
        trial: Callable[[TrialHit, SiteSettings], TrialVerdict],
    ) -> None:
        self._settings = settings
        self._access = Access(settings, readers)
        self._answers = answers
        self._trial = trial

    def routes(self) -> list[Route]:
        """All of them."""
        return [
            Route(QUALITY_PATH, self.quality, methods=["GET"]),
            Route(TRIAL_PATH, self.trial, methods=["POST"]),
            Route(SETUP_PATH, self.setup, methods=["GET"]),
        ]

    async def quality(self, request: Request) -> Response:
        """`GET /api/v1/quality?site_id=`."""
        reader, site = self._site(request, Right.QUALITY, request.query_params.get("site_id", ""))
        sites = [one.id for one in self._settings.sites if reader.may(Right.QUALITY, one.id)]
        of_every_site = reader.may(Right.QUALITY, ANY_SITE)
        return as_json(
            await anyio.to_thread.run_sync(lambda: self._answers.answer(site, sites, of_every_site=of_every_site))
        )

    async def trial(self, request: Request) -> Response:
        """`POST /api/v1/quality/trial`: what would become of a described hit. Nothing of it is kept."""
        self._access.reader(request)
        hit = _read(await body_of(request))
        _, site = self._site(request, Right.QUALITY, hit.site_id)
        return as_json(await anyio.to_thread.run_sync(self._trial, hit, site))

    async def setup(self, request: Request) -> Response:
        """`GET /api/v1/setup?site_id=`."""
        _, site = self._site(request, Right.SETUP, request.query_params.get("site_id", ""))
        return as_json(site_setup(site))

    def _site(self, request: Request, right: Right, site_id: str) -> tuple[Reader, SiteSettings]:
        reader = self._access.reader(request)
        return reader, self._access.site_for(reader, right, site_id)


def _read(body: bytes) -> TrialHit:
    try:
        return msgspec.json.decode(body, type=TrialHit)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise QueryError(f"the hit cannot be read: {type(error).__name__}") from None

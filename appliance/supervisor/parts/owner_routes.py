"""Routes of the stats API for owners and data protection officers, wired: privacy, data quality, set-up."""

from collections.abc import Callable
from typing import NamedTuple

from starlette.routing import Route

from appliance.clock import Clock
from appliance.errors import UnavailableError
from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.retention import Retention
from appliance.settings import Settings
from appliance.state.backlog import read_backlog
from appliance.state.connection import Client
from appliance.stats.privacy_api import PrivacyApi
from appliance.stats.quality import QualityAnswers
from appliance.stats.quality_api import QualityApi
from appliance.stats.quality_contract import Backlog
from appliance.stats.readers import Readers
from appliance.supervisor.parts.hit_trials import HitTrials
from appliance.supervisor.parts.privacy_facts import PrivacyDesk
from appliance.warehouse.client import Reader, WriteClient


class Engines(NamedTuple):
    """What the routes ask."""

    writer: WriteClient
    reader: Reader
    redis: Client


def owner_routes(
    settings: Settings,
    readers: Readers,
    engines: Engines,
    clock: Clock,
    evidence: EvidenceLog,
    retention: Retention,
    listed: Callable[[str], frozenset[str]],
) -> list[Route]:
    """All of them.

    Args:
        settings: as the other parts have them.
        readers: says who asks.
        engines: what is asked.
        clock: seconds since 1970.
        evidence: the evidence log.
        retention: what is deleted when.
        listed: pages of a site's sitemap.
    """
    desk = PrivacyDesk(settings, evidence, retention, engines.writer, clock)
    privacy = PrivacyApi(settings, readers, desk.facts, desk.verify, desk.evidence)
    answers = QualityAnswers(
        settings, clock, engines.reader, lambda: _backlog(engines.redis, settings.redis.shards, clock)
    )
    quality = QualityApi(settings, readers, answers, HitTrials(settings, clock, listed).run)
    return [*privacy.routes(), *quality.routes()]


def _backlog(client: Client, shards: int, clock: Clock) -> Backlog | None:
    try:
        found = read_backlog(client, shards)
    except UnavailableError:
        return None
    oldest = min(filter(None, (found.oldest_events_ms, found.oldest_facts_ms)), default=None)
    age = max(0.0, clock() - oldest / 1000) if oldest else 0.0
    return Backlog(found.events, found.facts, age, found.set_aside)

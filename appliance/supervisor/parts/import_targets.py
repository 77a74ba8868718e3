"""Who takes the facts of an import: the warehouse that runs, or this process while nothing else does."""

import contextlib
import time
from collections.abc import Callable, Iterator

import httpx
import msgspec

from appliance.errors import StartError, UnavailableError
from appliance.settings import Settings
from appliance.stats.import_api import IMPORT_PATH, DayIs, ImportStep, StepDone, decode_done, encode_step
from appliance.supervisor import health, secrets
from appliance.supervisor.parts.day_closes import DayCloses
from appliance.supervisor.parts.log_imports import LogImports
from appliance.supervisor.parts.sitemaps import sitemap_pages
from appliance.supervisor.parts.stopped import stopped_appliance
from appliance.warehouse.closed_days import ClosedDays

_STEP_SECONDS = 600.0
_ATTEMPTS = 5
_RETRY_SECONDS = 2.0

Take = Callable[[ImportStep], DayIs]


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[Take]:
    """Open the counters of a stopped appliance; see `stopped_appliance`."""
    with stopped_appliance("import-log", settings) as it:
        # What Redis still holds decides which days are free.
        it.count_facts()
        sitemaps = sitemap_pages(settings, it.clock)
        if not sitemaps.is_known:
            sitemaps.refresh()
        closes = DayCloses(settings, it.counters, ClosedDays(it.counters), it.redis, it.evidence, it.clock, sitemaps.of)
        imports = LogImports(settings, it.counters, closes, it.evidence, it.clock, lambda: True)
        imports.take_back()
        yield _patient(imports.take)


@contextlib.contextmanager
def beside(settings: Settings) -> Iterator[Take]:
    """Hand facts to the running warehouse."""
    key = secrets.read_or_make(settings.data_dir, secrets.IMPORT_KEY)
    with httpx.Client(
        base_url=health.url(settings.server.stats_listen),
        headers={"authorization": f"Bearer {key}"},
        timeout=_STEP_SECONDS,
        trust_env=False,
    ) as client:
        yield _patient(lambda step: _ask(client, step))


def _ask(client: httpx.Client, step: ImportStep) -> DayIs:
    try:
        answer = client.post(IMPORT_PATH, content=encode_step(step))
        done = decode_done(answer.content)
    except (httpx.HTTPError, msgspec.DecodeError) as error:
        done, answer = StepDone(error=type(error).__name__), None
    if answer is not None and answer.is_success:
        return done.day
    reason = f"the running appliance did not take the import ({done.error})"
    if answer is None or answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        raise UnavailableError(reason)
    raise StartError(reason)


def _patient(take: Take) -> Take:
    """Repeat a step that an engine could not take: every step may be repeated."""

    def attempt(step: ImportStep) -> DayIs:
        for _ in range(_ATTEMPTS - 1):
            try:
                return take(step)
            except UnavailableError:
                time.sleep(_RETRY_SECONDS)  # an engine that is away: nothing to await
        return take(step)

    return attempt

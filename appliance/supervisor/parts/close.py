"""`appliance close`: sees that a day that is over gets closed, through the running appliance or without it.

Days close by themselves; this is for the operator who does not want to wait, or wants to know. Stopped, everything
that a running appliance would have done first is done: hits counted, visits ended, keys destroyed.
"""

import asyncio
import threading
import time
from datetime import UTC, date, datetime
from secrets import token_hex

import httpx
import msgspec

from appliance.aggregate.site_days import SiteDays
from appliance.aggregate.worker import Worker
from appliance.anonymize.keyring import day_key_name
from appliance.clock import make_clock
from appliance.errors import QueryError, StartError, UnavailableError
from appliance.settings import Settings
from appliance.stats.contract import Refusal
from appliance.stats.day_close import CLOSE_PATH, CloseQuestion, DayClose, DayState
from appliance.supervisor import health, logs, secrets
from appliance.supervisor.parts.day_closes import DayCloses, require_over
from appliance.supervisor.parts.process import station
from appliance.supervisor.parts.sitemaps import sitemap_pages
from appliance.supervisor.parts.stopped import Stopped, stopped_appliance
from appliance.warehouse.closed_days import ClosedDays

_TIMEOUT_SECONDS = 60.0
_CLOSE_SECONDS = 600.0
_LOOK_AGAIN_SECONDS = 0.5


def close(settings: Settings, site: str, day: date) -> str:
    """Close one day; returns what to tell the operator.

    Raises:
        StartError: no such site, the day is not over, or the machine refuses.
        UnavailableError: not closed yet; ask again.
    """
    site_day = SiteDays(settings).of(day_key_name(site, day))
    try:
        require_over(settings, site_day, make_clock(settings.test_clock_file)())
    except QueryError as error:
        raise StartError(str(error)) from None
    running = asyncio.run(health.answers(settings.server.stats_listen, "/health/live"))
    before, after = _through_the_warehouse(settings, site, day) if running else _alone(settings, site, day)
    if after is DayState.CLOSED:
        return f"{day} of '{site}' is {'already ' if before is after else ''}closed\n"
    if after is DayState.EMPTY:
        return f"nothing of {day} of '{site}' is open or closed: no visits, or deleted by a limit\n"
    if after is DayState.ENDING:
        latest = datetime.fromtimestamp(site_day.deadline_ms / 1000, UTC)
        raise UnavailableError(
            f"the visits of {day} of '{site}' are still being ended; the day closes by itself soon after, "
            f"and its key is destroyed by {latest:%Y-%m-%d %H:%M} UTC"
        )
    raise UnavailableError(f"{day} of '{site}' is not closed yet: some of its facts are not counted")


def _through_the_warehouse(settings: Settings, site: str, day: date) -> tuple[DayState, DayState]:
    key = secrets.read_or_make(settings.data_dir, secrets.OWN_API_KEY)
    deadline = time.monotonic() + _CLOSE_SECONDS
    with httpx.Client(
        base_url=health.url(settings.server.stats_listen),
        headers={"authorization": f"Bearer {key}"},
        timeout=_TIMEOUT_SECONDS,
        trust_env=False,
    ) as client:
        first = last = _ask(client, site, day)
        while last in (DayState.OPEN, DayState.CLOSING) and time.monotonic() < deadline:
            time.sleep(_LOOK_AGAIN_SECONDS)  # another process closes: there is no event to wait for
            last = _ask(client, site, day)
    return first, last


def _ask(client: httpx.Client, site: str, day: date) -> DayState:
    try:
        answer = client.post(CLOSE_PATH, content=msgspec.json.encode(CloseQuestion(site, day)))
        if answer.is_success:
            return msgspec.json.decode(answer.content, type=DayClose).state
        reason = msgspec.json.decode(answer.content, type=Refusal).error
    except (httpx.HTTPError, msgspec.DecodeError) as error:
        reason = type(error).__name__
    raise UnavailableError(f"the running appliance did not close the day ({reason})")


def _alone(settings: Settings, site: str, day: date) -> tuple[DayState, DayState]:
    with stopped_appliance("close", settings) as it:
        sitemaps = sitemap_pages(settings, it.clock)
        if not sitemaps.is_known:
            sitemaps.refresh()
        closes = DayCloses(settings, it.counters, ClosedDays(it.counters), it.redis, it.evidence, it.clock, sitemaps.of)
        before = closes.state(site, day)
        _end_days(it)
        it.count_facts()
        closes.ask(site, day)
        closes.close_ready()
        return before.state, closes.state(site, day).state


def _end_days(it: Stopped) -> None:
    """Let a worker start, count what is queued, end the days that are over, and stop."""
    worker = Worker(
        it.settings,
        it.redis,
        it.keys,
        it.transport,
        it.evidence,
        it.clock,
        logs.write,
        station=station(it.settings),
        owner=token_hex(8),
        uptime=it.uptime,
    )
    stop = threading.Event()
    worker.run(stop, stop.set)

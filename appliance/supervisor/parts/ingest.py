"""The ingest process: hits in over HTTP, sealed events out to Redis. It holds the keys of the day."""

import asyncio
from collections.abc import Iterator
from functools import partial

from appliance.anonymize.keyring import Keyring
from appliance.anonymize.pipeline import Anonymizer
from appliance.anonymize.places import Places
from appliance.clock import make_clock, make_uptime
from appliance.ingest.app import create_app
from appliance.ingest.direct import DirectEvents
from appliance.ingest.event_endpoint import EventEndpoint
from appliance.ingest.outcome_counter import OutcomeCounter
from appliance.metrics.samples import Sample, number
from appliance.privacy.ended_days import EndedDays
from appliance.settings import Settings
from appliance.state.connection import connect_async
from appliance.state.outbox import OutcomeSink
from appliance.state.queue import EventQueue
from appliance.supervisor.event_protocol import EventProtocol
from appliance.supervisor.listener import inherited_or_bound
from appliance.supervisor.metrics.http import HttpMeasures
from appliance.supervisor.metrics.part import expose
from appliance.supervisor.parts.places_watch import PlacesWatch
from appliance.supervisor.parts.process import begin, evidence_path, leave_long_lived_objects_alone
from appliance.supervisor.redis_server import connection_url
from appliance.supervisor.serve import serve

_REFRESH_SECONDS = 0.5


class KeyWatch:
    """Lets go of destroyed keys also when no hit comes: their destruction waits for that."""

    def __init__(self, keys: Keyring) -> None:
        self._keys = keys
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Start watching; call inside the running loop."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Stop watching."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            self._keys.refresh()
            await asyncio.sleep(_REFRESH_SECONDS)


def run(settings: Settings) -> None:
    """Serve until SIGTERM; hits that were taken are in Redis by then.

    Raises:
        StartError: the address is taken, or the key page is unusable.
    """
    begin("ingest", settings, holds_keys=True)
    clock = make_clock(settings.test_clock_file)
    keys = Keyring.open(settings.runtime_dir, clock, uptime=make_uptime(settings.test_clock_file))
    ended = EndedDays(evidence_path(settings))
    keys.is_ended = lambda name: ended.has(*name.rsplit("|", 1))
    client = connect_async(connection_url(settings))
    queue = EventQueue(client, keys, settings.redis.shards)
    outcomes = OutcomeCounter(OutcomeSink(client))
    places = Places(settings.place_database, settings.data_dir, settings.privacy.place)
    anonymizer = Anonymizer(places, settings.privacy)
    keys.on_destroyed = anonymizer.recall.forget
    endpoint = EventEndpoint(settings, clock, keys, anonymizer, queue, outcomes)
    # Stopped in reverse order: the queue closes the connection that the outcomes use, too.
    app = create_app(endpoint, queue.ping, (KeyWatch(keys), PlacesWatch(places, clock), queue, outcomes))
    leave_long_lived_objects_alone()
    measures = HttpMeasures()
    protocol = partial(EventProtocol, events=DirectEvents(endpoint, queue), count=measures.add)
    listener = inherited_or_bound("server.listen", settings.server.listen)
    expose(settings, "ingest", lambda: (*measures.samples(), *_hits(outcomes)))
    serve(app, "server.listen", settings.server.listen, listener=listener, protocol=protocol, measures=measures)


def _hits(outcomes: OutcomeCounter) -> Iterator[Sample]:
    yield number("appliance_ingest_hits_total", outcomes.queued, "queued")
    for outcome, hits in outcomes.dropped.copy().items():
        yield number("appliance_ingest_hits_total", hits, outcome.value)

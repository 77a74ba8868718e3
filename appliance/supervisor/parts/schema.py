"""The schema of the counters brought up to date, without counting anything twice."""

from appliance.clock import Clock
from appliance.settings import Settings
from appliance.state.connection import Client
from appliance.state.envelope import Sealer
from appliance.state.lease import WriterLease
from appliance.state.note_file import NoteFile
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.warehouse.client import WriteClient
from appliance.warehouse.migrations import is_behind, migrate
from appliance.warehouse.writer import Writer


def bring_up_to_date(
    counters: WriteClient,
    redis: Client,
    transport: Sealer,
    settings: Settings,
    clock: Clock,
    lease: WriterLease | None = None,
) -> list[str]:
    """Migrate, and return the names of the files that ran.

    A batch that a killed process did not confirm is repeated first: the tables that know its tokens may not be those
    that take rows afterwards.

    Raises:
        StartError: see `migrations.pending`.
        UnavailableError: Redis or ClickHouse is away; a second start goes on from there.
    """
    if is_behind(counters):
        for lane in (FACTS, PAIRS):
            outbox = Outbox(redis, transport, settings.redis.shards, lane, lease)
            Writer(counters, outbox, FlushNote, clock, NoteFile(settings.data_dir, lane)).finish_noted()
    return migrate(counters)

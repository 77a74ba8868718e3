"""The warehouse process: the only owner of ClickHouse. Writer, close and retention in one thread, stats API in front.

It maps the transport keys of the outbox and never the keys of visitors.
"""

import contextlib
from datetime import UTC, datetime
from functools import partial

from appliance.anonymize.keyring import TRANSPORT_KEYS_FILE, Keyring
from appliance.clock import LeapWatch, make_clock, make_uptime
from appliance.errors import UnavailableError
from appliance.metrics.samples import number
from appliance.privacy.damaged_days import DamagedDays
from appliance.privacy.evidence import EvidenceLog
from appliance.privacy.imported_days import ImportedDays
from appliance.privacy.retention import Retention
from appliance.settings import Settings
from appliance.state.connection import Client, connect
from appliance.state.live import current_of_all, current_visitors
from appliance.state.note_file import NoteFile
from appliance.state.outbox import FACTS, PAIRS, FlushNote, Outbox
from appliance.state.store_mark import emptied_at
from appliance.stats.answers import Answers
from appliance.stats.api import StatsApi, create_app
from appliance.stats.api_keys import ApiKeys
from appliance.stats.backup_api import backup_route
from appliance.stats.day_marks import DayMarks
from appliance.stats.funnels import FunnelAnswers
from appliance.stats.grants import Grants
from appliance.stats.import_api import import_route
from appliance.stats.kept_reads import KeptReads
from appliance.stats.live_api import live_route
from appliance.stats.live_history import LiveHistory
from appliance.stats.open_pairs import OpenPairs
from appliance.stats.pair_reports import PairReports
from appliance.stats.readers import Readers
from appliance.stats.reports import Reports
from appliance.stats.shown_pairs import FILE, ShownPairs
from appliance.stats.time_limit import TimedReader
from appliance.stats.transitions import TransitionAnswers
from appliance.supervisor import logs, secrets
from appliance.supervisor.backup.take import Backups
from appliance.supervisor.checks import FileLock, is_locked
from appliance.supervisor.metrics.http import HttpMeasures
from appliance.supervisor.metrics.part import expose
from appliance.supervisor.metrics.warehouse import DaySamples, Lane
from appliance.supervisor.parts.day_closes import DayCloses
from appliance.supervisor.parts.flush_loop import FlushLoop
from appliance.supervisor.parts.log_imports import IMPORT_LOCK, LogImports
from appliance.supervisor.parts.month_closes import MonthCloses
from appliance.supervisor.parts.outbox_ownership import Ownership, owned_outboxes
from appliance.supervisor.parts.owner_routes import Engines, owner_routes
from appliance.supervisor.parts.process import Background, begin, evidence_path, leave_long_lived_objects_alone
from appliance.supervisor.parts.progress import Progress
from appliance.supervisor.parts.retention import as_answer
from appliance.supervisor.parts.schema import bring_up_to_date
from appliance.supervisor.parts.sitemaps import read_sitemaps, sitemap_pages
from appliance.supervisor.program_pages import give_back_program_pages
from appliance.supervisor.redis_server import connection_url
from appliance.supervisor.serve import serve
from appliance.warehouse.client import Reader, WriteClient, open_reader, open_writer
from appliance.warehouse.closed_days import ClosedDays
from appliance.warehouse.temporary import use_memory_for_temporary_files
from appliance.warehouse.writer import Writer


def run(settings: Settings) -> None:
    """Write, close and answer until SIGTERM.

    Raises:
        ApplianceError: it cannot start.
    """
    begin("warehouse", settings, holds_keys=False)
    with contextlib.ExitStack() as held:
        lock = FileLock(settings.data_dir / "warehouse.lock", f"another warehouse is running on {settings.data_dir}")
        held.callback(lock.close)
        client = connect(connection_url(settings))
        held.callback(client.close)
        ownership = held.enter_context(owned_outboxes(settings, client))
        use_memory_for_temporary_files(settings)
        writer = open_writer(settings)
        held.callback(writer.close)
        clock, uptime = make_clock(settings.test_clock_file), make_uptime(settings.test_clock_file)
        transport = Keyring.open(settings.runtime_dir, clock, TRANSPORT_KEYS_FILE, uptime)
        for name in bring_up_to_date(writer, client, transport, settings, clock, ownership.lease):
            logs.write("migrated", migration=name)
        reader = open_reader(settings)
        held.callback(reader.close)
        _serve(settings, writer, reader, client, ownership, transport)


def _serve(
    settings: Settings,
    writer: WriteClient,
    reader: Reader,
    client: Client,
    ownership: Ownership,
    transport: Keyring,
) -> None:
    clock = make_clock(settings.test_clock_file)
    closed_days = ClosedDays(writer)
    shards, lease = settings.redis.shards, ownership.lease
    outbox = Outbox(client, transport, shards, FACTS, lease)
    facts = Writer(writer, outbox, FlushNote, clock, NoteFile(settings.data_dir, FACTS))
    pair_outbox = Outbox(client, transport, shards, PAIRS, lease)
    pairs = Writer(writer, pair_outbox, FlushNote, clock, NoteFile(settings.data_dir, PAIRS))
    evidence = EvidenceLog(evidence_path(settings))
    uptime = make_uptime(settings.test_clock_file)
    watch = LeapWatch(clock, uptime)
    retention = Retention(settings, writer, evidence, clock, logs.write, uptime)
    sitemaps = sitemap_pages(settings, clock)
    closes = DayCloses(settings, writer, closed_days, client, evidence, clock, sitemaps.of)
    import_lock = settings.data_dir / IMPORT_LOCK
    months = MonthCloses(settings, writer, closed_days, client, evidence, clock, lambda: is_locked(import_lock))

    def look_after_days() -> int:
        # One at a time: the days of many sites end together, and hits are counted in between.
        closed = closes.close_ready(limit=1) if sitemaps.is_known else 0
        if not watch.is_steady():
            return closed
        if loop.healthy:  # not in the first round: a long run must not keep the appliance from being ready
            closes.ask_for_forgotten_if_due()
        closed += months.run(now=closed > 0)
        return closed + (loop.healthy and not backups.is_running and retention.run_if_due())

    imports = LogImports(settings, writer, closes, evidence, clock, lambda: sitemaps.is_known)
    imports.take_back()

    lanes = Lane("facts", facts), Lane("pairs", pairs)
    loop = FlushLoop(*lanes, closes.waiting, look_after_days, transport.refresh, ownership.hold)
    backups = Backups(writer, evidence, clock, settings.data_dir, loop.between_rounds)
    background = Background("flush", loop.run)
    progress = Progress(lambda: (loop.steps, writer.changes))

    def is_ready() -> bool:
        return background.is_alive() and loop.healthy and _answers(reader)

    def warnings() -> list[str]:
        found = [retention.problem] if retention.problem else []
        with contextlib.suppress(UnavailableError):
            if lost := outbox.set_aside():
                found.append(f"{lost} batches of counts could not be stored and were set aside: the log says why")
            if at := emptied_at(client):
                day = datetime.fromtimestamp(at, UTC).date().isoformat()
                found.append(f"Redis lost its data on {day}: numbers of that day are too low, visitors may count twice")
        return found

    timed = TimedReader(reader)
    kept = KeptReads(lambda: closed_days.changes, 1_000_000 * settings.clickhouse.kept_reads_mb)
    open_pairs = OpenPairs(ShownPairs(settings.runtime_dir / FILE))
    marks = DayMarks(warnings, DamagedDays(evidence_path(settings)).of, ImportedDays(evidence_path(settings)).of)
    own_key = secrets.read_or_make(settings.data_dir, secrets.OWN_API_KEY)
    grant_key = secrets.read_or_make(settings.data_dir, secrets.GRANT_KEY)
    import_key = secrets.read_or_make(settings.data_dir, secrets.IMPORT_KEY)
    backup_key = secrets.read_or_make(settings.data_dir, secrets.BACKUP_KEY)
    readers = Readers(ApiKeys(settings, own_key), Grants(grant_key, clock))
    api = StatsApi(
        settings,
        Answers(
            settings,
            clock,
            Reports(timed, closed_days, kept),
            PairReports(timed, open_pairs, kept),
            lambda: facts.counted_until,
            marks,
            sitemaps.of,
        ),
        readers,
        live=lambda site: current_visitors(client, site),
        ready=is_ready,
        warnings=warnings,
        retention=lambda: as_answer(retention),
        close=closes.ask,
        alive=progress.goes_on,
        funnels=FunnelAnswers(settings, clock, timed, closed_days, lambda: facts.counted_until, marks).answer,
        transitions=TransitionAnswers(
            settings, clock, timed, closed_days, lambda: facts.counted_until, marks, open_pairs, sitemaps.of
        ).answer,
    )
    history = LiveHistory([site.id for site in settings.sites], partial(current_of_all, client), clock)
    sampling = Background("live", history.run)
    read_sitemaps(settings, sitemaps)
    leave_long_lived_objects_alone()
    give_back_program_pages()
    background.start()
    sampling.start()
    measures, days = HttpMeasures(), DaySamples(closes, retention, evidence)
    expose(
        settings,
        "warehouse",
        lambda: (
            *measures.samples(),
            *(sample for lane in lanes for sample in lane.samples()),
            *days.samples(),
            number("appliance_warehouse_counted_until_seconds", facts.counted_until),
        ),
    )
    try:
        serve(
            create_app(
                api,
                import_route(imports.take, import_key),
                backup_route(backups.take, backup_key),
                [
                    *owner_routes(
                        settings, readers, Engines(writer, reader, client), clock, evidence, retention, sitemaps.of
                    ),
                    live_route(settings, readers, history.of),
                ],
            ),
            "server.stats_listen",
            settings.server.stats_listen,
            graceful_seconds=1,
            measures=measures,
        )
    finally:
        try:
            sampling.join_or_raise()
        finally:
            background.join_or_raise()


def _answers(reader: Reader) -> bool:
    try:
        return bool(reader.query("SELECT 1").rows)
    except UnavailableError:
        return False

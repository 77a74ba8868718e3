"""`appliance import-log`: counts the past days of server logs, beside a running appliance or without it.

Files are read once: lines become clean events, which wait sealed until all files are read. Then day after day is
counted, handed to whoever owns the counters, and closed. Addresses and agents are in memory for one line only; the keys
of the days are made for the import and destroyed with each day. Redis has no part in it.
"""

import asyncio
import contextlib
import gc
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import NamedTuple

from appliance.aggregate.log_days import LogDay
from appliance.aggregate.spill import Bucket, LogEvent, Spill
from appliance.anonymize.keyring import Keyring, day_key_name
from appliance.anonymize.pipeline import Anonymizer
from appliance.anonymize.places import Places
from appliance.clock import local_day_hour, make_clock
from appliance.errors import StartError
from appliance.facts import FactBatch
from appliance.ingest.logs.hits import LogHits
from appliance.ingest.logs.line import LeftOut, LogLine
from appliance.ingest.logs.records import STDIN, Records, read_lines
from appliance.outcomes import Outcome
from appliance.settings import Settings, SiteSettings
from appliance.stats.import_api import DayIs, ImportStep, Step
from appliance.supervisor import health
from appliance.supervisor.checks import FileLock
from appliance.supervisor.import_report import Progress, Report
from appliance.supervisor.parts.import_targets import alone, beside
from appliance.supervisor.parts.log_imports import IMPORT_LOCK
from appliance.supervisor.parts.process import begin

_KEYS_FILE = "import-keys"
_IN_FLIGHT = 1
"""Batches that wait while one is inserted and one is made."""
_COLLECT_AFTER = (100_000, 50, 100)
"""Objects of an import live for a batch and hold no cycles: looking for them as often as usual costs a seventh."""

Take = Callable[[ImportStep], DayIs]


class Options(NamedTuple):
    """What the operator asks for."""

    site: str
    files: tuple[str, ...]
    delete: bool = False
    """Delete the files afterwards, if all their days are counted."""


def import_log(settings: Settings, options: Options, progress: Progress) -> str:
    """Import files; returns the table of what became of their lines.

    Raises:
        ApplianceError: a file cannot be read, or the counters are away. Days that were counted stay counted; the same
            command goes on with the others.
    """
    site = settings.site(options.site)
    if site is None:
        raise StartError(f"there is no site '{options.site}' in the configuration")
    progress.total = sum(_size(name) for name in options.files)
    begin("import-log", settings, holds_keys=True)
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)
    lock = FileLock(settings.data_dir / IMPORT_LOCK, "another import is running; it has to end first")
    with contextlib.closing(lock):
        running = asyncio.run(health.answers(settings.server.stats_listen, "/health/live"))
        with beside(settings) if running else alone(settings) as take, _throw_away_keys(settings) as keys:
            report = _Import(settings, site, keys, take, progress).run(options.files)
        if options.delete and report.is_complete:
            for name in options.files:
                if name != STDIN:
                    Path(name).unlink()
    return report.text()


def _size(name: str) -> int:
    if name == STDIN:
        return 0
    try:
        return Path(name).stat().st_size
    except OSError as error:
        raise StartError(f"the log {name} cannot be read ({error.strerror}); nothing was counted") from None


@contextlib.contextmanager
def _throw_away_keys(settings: Settings) -> Iterator[Keyring]:
    """Keys of this import alone, on tmpfs as all others, gone afterwards."""
    file = settings.runtime_dir / _KEYS_FILE
    file.unlink(missing_ok=True)  # of an import that was killed
    keys = Keyring.open(settings.runtime_dir, make_clock(settings.test_clock_file), _KEYS_FILE)
    try:
        yield keys
    finally:
        for slot in keys.live():
            keys.destroy(slot)
        file.unlink(missing_ok=True)


class _Import:
    """One run."""

    def __init__(self, settings: Settings, site: SiteSettings, keys: Keyring, take: Take, progress: Progress) -> None:
        self._settings = settings
        self._site = site
        self._keys = keys
        self._take = take
        self._progress = progress
        places = Places(settings.place_database, settings.data_dir, settings.privacy.place)
        anonymizer = Anonymizer(places, settings.privacy)
        keys.on_destroyed = anonymizer.recall.forget
        self._hits = LogHits(site, keys, anonymizer)
        self._days: dict[date, DayIs] = {}
        self._buckets: dict[date, Bucket] = {}
        self._dropped: dict[date, Counter[tuple[int, Outcome]]] = {}
        self._report = Report()

    def run(self, files: Sequence[str]) -> Report:
        spill = Spill(self._settings.data_dir, self._keys)
        try:
            for name in files:
                self._read(name, spill)
            self._progress.start_counting(sum(spill.buckets().values()))
            for day in sorted(self._buckets):
                self._count(day, spill)
            self._progress.end()
        finally:
            spill.close()
        return self._report

    def _read(self, name: str, spill: Spill) -> None:
        records, left_out = Records(), self._report.left_out
        for lines in read_lines(name, self._progress.read):
            for parsed in records.parse(lines):
                if isinstance(parsed, LeftOut):
                    left_out[parsed] += 1
                else:
                    self._sort(parsed, spill)
        left_out.update(records.end())
        left_out[LeftOut.ASSET] += records.assets

    def _sort(self, line: LogLine, spill: Spill) -> None:
        day, hour = local_day_hour(line.at, self._site.timezone)
        bucket = self._buckets.get(day) or self._looked_at(day)
        if bucket is None:
            self._report.refused[day, self._days[day]] += 1
            return
        event = self._hits.clean(line, day)
        if isinstance(event, Outcome):
            self._report.outcomes[event] += 1
            self._dropped.setdefault(day, Counter())[hour, event] += 1
            return
        one = LogEvent(event, line.signal is not None, line.is_new_visitor, line.is_new_visit, line.user_agent is None)
        spill.put(bucket, one)

    def _looked_at(self, day: date) -> Bucket | None:
        """Where events of a day wait, if it is free."""
        if day not in self._days:
            self._days[day] = self._take(ImportStep(Step.LOOK, self._site.id, day))
            if self._days[day] is DayIs.FREE:
                self._buckets[day] = Bucket(day_key_name(self._site.id, day))
        return self._buckets.get(day)

    def _count(self, day: date, spill: Spill) -> None:
        state = self._take(ImportStep(Step.BEGIN, self._site.id, day))
        if state is not DayIs.FREE:
            raise StartError(f"{day} changed while the log was read; run the import again")
        self._count_facts(day, spill)
        self._take(ImportStep(Step.FINISH, self._site.id, day))
        # Nothing that computes with the key is left by now.
        for slot in self._keys.live():
            if slot.name == day_key_name(self._site.id, day):
                self._keys.destroy(slot)
        self._report.days.append(day)

    def _count_facts(self, day: date, spill: Spill) -> None:
        key = self._keys.day_key(self._site.id, day, create=True)
        counted = LogDay(self._settings, self._site, day, Bucket(key.name), key.token)
        counted.outcomes.update(self._dropped.pop(day, {}))
        already = Counter(dict(counted.outcomes))
        with ThreadPoolExecutor(1, "import") as background:
            waiting: deque[Future[DayIs]] = deque()
            for number, facts in enumerate(counted.facts(spill), 1):
                waiting.append(background.submit(self._take, self._batch(day, number, facts)))
                self._progress.count(len(facts.events))
                if len(waiting) > _IN_FLIGHT:
                    waiting.popleft().result()
            for batch in waiting:
                batch.result()
        self._take(self._batch(day, 0, counted.outcome_facts()))
        for (_, outcome), hits in (counted.outcomes - already).items():
            self._report.outcomes[outcome] += hits

    def _batch(self, day: date, number: int, facts: FactBatch) -> ImportStep:
        return ImportStep(Step.TAKE, self._site.id, day, number, facts)

"""The warehouse's side of `appliance import-log`: whole days of facts, each begun, filled and closed.

One day at a time. Its name stands in a file while it is being counted, so that a day of which an import has counted a
part only is known after any crash: it is taken back at the next start of the warehouse and of an import. Outcomes
cannot be taken back, because those of live hits are in the same rows: they wait in the file until the day is closed.
"""

import threading
from collections.abc import Callable
from datetime import date
from uuid import uuid4

import msgspec

from appliance.aggregate.site_days import SiteDays
from appliance.anonymize.keyring import day_key_name
from appliance.clock import Clock
from appliance.errors import QueryError, RejectedError, UnavailableError
from appliance.facts import FactBatch, OutcomeFact
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.stats.day_close import DayState
from appliance.stats.import_api import DayIs, ImportStep, Step
from appliance.supervisor import secrets
from appliance.supervisor.parts.day_closes import IMPORT_NOTE, DayCloses, noted
from appliance.warehouse.client import WriteClient
from appliance.warehouse.close import count_totals, discard_day
from appliance.warehouse.writer import insert_facts

IMPORT_LOCK = "import.lock"


class _Note(msgspec.Struct):
    """What stands in the file; `day_closes.noted` reads site and day of it."""

    site: str
    day: date
    run: str = ""
    """Token of this attempt: what was taken back may come again."""
    outcomes: list[OutcomeFact] = []


_decode_note = msgspec.json.Decoder(_Note).decode


class LogImports:
    """Takes the steps of one import at a time. May be called from any thread."""

    def __init__(
        self,
        settings: Settings,
        counters: WriteClient,
        closes: DayCloses,
        evidence: EvidenceLog,
        clock: Clock,
        may_close: Callable[[], bool],
    ) -> None:
        """`may_close` says whether the sites' pages are known, by which a day is folded."""
        self._settings = settings
        self._days = SiteDays(settings)
        self._counters = counters
        self._closes = closes
        self._evidence = evidence
        self._clock = clock
        self._may_close = may_close
        self._note = settings.data_dir / IMPORT_NOTE
        self._lock = threading.Lock()

    def take(self, step: ImportStep) -> DayIs:
        """One step. Facts are outcomes alone, all of the day, or hold none.

        Raises:
            QueryError: it can never be taken.
            UnavailableError: it is to be repeated.
        """
        if self._settings.site(step.site) is None:
            raise QueryError(f"there is no site '{step.site}' in the configuration")
        with self._lock:
            if step.step is Step.LOOK:
                return self._look(step.site, step.day)
            if step.step is Step.BEGIN:
                return self._begin(step.site, step.day)
            if noted(self._note) != (step.site, step.day):
                if step.step is Step.FINISH and self._closes.is_closed(step.site, step.day):
                    return DayIs.COUNTED  # its answer was lost
                raise QueryError("the import of this day was not begun, or was taken back")
            if step.step is Step.TAKE:
                return self._insert(step)
            return self._finish(step.site, step.day)

    def take_back(self) -> tuple[str, date] | None:
        """Discard what an interrupted import has counted of a day; returns the day. Raises UnavailableError."""
        with self._lock:
            return self._take_back()

    def _take_back(self) -> tuple[str, date] | None:
        begun = noted(self._note)
        if begun is None:
            return None
        site, day = begun
        if self._closes.is_closed(site, day):
            self._close(site, day)  # only what was left to do
        else:
            discard_day(self._counters, site, day)
            self._evidence.append("import_taken_back", self._clock(), site=site, day=day.isoformat())
            self._note.unlink(missing_ok=True)
        return begun

    def _look(self, site: str, day: date) -> DayIs:
        if noted(self._note) == (site, day):
            self._take_back()
        if self._clock() * 1000 < self._days.of(day_key_name(site, day)).end_ms:
            return DayIs.RUNNING
        state = self._closes.state(site, day).state
        if state is DayState.EMPTY:
            # Totals outlive cells that a limit deleted.
            return DayIs.COUNTED if count_totals(self._counters, site, day) else DayIs.FREE
        return DayIs.COUNTED if state is DayState.CLOSED else DayIs.OPEN

    def _begin(self, site: str, day: date) -> DayIs:
        self._take_back()
        found = self._look(site, day)
        if found is DayIs.FREE:
            self._write_note(_Note(site, day, f"import|{uuid4().hex}"))
            self._evidence.append("import_begun", self._clock(), site=site, day=day.isoformat())
        return found

    def _insert(self, step: ImportStep) -> DayIs:
        note = _decode_note(self._note.read_bytes())
        if step.facts.outcomes:
            note.outcomes = step.facts.outcomes
            self._write_note(note)
            return DayIs.OPEN
        try:
            insert_facts(self._counters, step.facts, f"{note.run}:{step.number}")
        except RejectedError as error:
            raise QueryError(str(error)) from None
        return DayIs.OPEN

    def _finish(self, site: str, day: date) -> DayIs:
        if not self._may_close():
            raise UnavailableError("the pages that sites list are still being read")
        self._close(site, day)
        return DayIs.COUNTED

    def _close(self, site: str, day: date) -> None:
        self._closes.close_imported(site, day)
        note = _decode_note(self._note.read_bytes())
        insert_facts(self._counters, FactBatch(outcomes=note.outcomes), note.run)
        self._note.unlink(missing_ok=True)

    def _write_note(self, note: _Note) -> None:
        secrets.write(self._note, msgspec.json.encode(note).decode())

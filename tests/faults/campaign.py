"""Days of traffic in which parts are killed, at named points and at random.

The first day passes every named point; the days after it are left to chance. Then a month ends, old data are deleted,
and a last day stays open. The clock moves while no hit is under way, because the ledger has to know the hour of each.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from tests.faults.comparison import Comparison
from tests.faults.doom.fail_points import MIDNIGHT, MONTH, START, TRAFFIC, Point
from tests.faults.fail_point_files import FailPoints, of_phase
from tests.faults.killer import EVERYTHING, Killer
from tests.faults.traffic import Traffic
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.evidence_file import closed_days, entries
from tests.kit.stats_client import await_true

SHORT_DAYS = 20
SITES = (
    Site("example.org"),
    Site(
        "short.example",
        extra="[sites.retention]\n"
        + "\n".join(f'{kind} = "{SHORT_DAYS} days"' for kind in ("hour_totals", "day_cells", "month_cells")),
    ),
)
_FIRST_DAY, _AFTER_MONTH = date(2031, 3, 6), date(2031, 4, 3)
_MOST_DAYS = 14
"""Behind them the limit of the short site would leave some of its days."""
_ROUNDS_A_DAY, _KILLS_A_ROUND, _KILLS_AT_MIDNIGHT = 2, 8, 4
_LONGEST_PAUSE_SECONDS = 2.5
_AT_A_POINT = 0.4
"""Share of the kills left to chance that come at a named point."""
_PASSED_SECONDS = 240.0
_SOON_SECONDS = 10.0
_ENDED_SECONDS = 240.0


class Campaign:
    """One appliance, killed again and again."""

    def __init__(self, directory: Path, seed: int, say: Callable[[str], None]) -> None:
        self._source = random.Random(seed)
        self._points = FailPoints(directory / "fail-points")
        self.appliance = ApplianceProcess(
            directory, SITES, at=_moment(_FIRST_DAY, 10, 5), environment=self._points.environment
        )
        self.traffic = Traffic(self.appliance.ingest, [site.id for site in SITES], self.appliance.clock, self._source)
        self.killer = Killer(self.appliance, self._source, say)
        self._comparison = Comparison(self.appliance, self.traffic, SITES, self._is_kept)
        self._say = say
        self._day = _FIRST_DAY

    def run(self, kills: int, minutes: float) -> None:
        """Pass every point, then go on until so many kills are done, or until the minutes are over; compare."""
        started = time.monotonic()

        def is_done() -> bool:
            return (
                self.killer.kills.total() >= kills
                or time.monotonic() - started > 60 * minutes
                or self._day >= _FIRST_DAY + timedelta(days=_MOST_DAYS)
            )

        for point in of_phase(START):
            self._points.arm([point], skip=self._source.randrange(15))
        try:
            self.appliance.start()
            self._note_passed(of_phase(START))
            self._pass_a_day()
            while not is_done():
                self._live_through_a_day(is_done)
            self._end_month()
            self._end()
        finally:
            self.appliance.clean_up()

    def _pass_a_day(self) -> None:
        """A day in which every point is passed by somebody who dies there."""
        self._points.arm(of_phase(TRAFFIC))
        with self.traffic:
            self._note_passed(of_phase(TRAFFIC))
            self.killer.kill(EVERYTHING)
        self._points.arm(of_phase(MIDNIGHT))
        self._turn_the_day()
        self._note_passed(of_phase(MIDNIGHT))
        self._await_close()

    def _live_through_a_day(self, is_done: Callable[[], bool]) -> None:
        for number in range(_ROUNDS_A_DAY):
            self.appliance.clock.set(_moment(self._day, 10 + number, 5))
            with self.traffic:
                self._kill(_KILLS_A_ROUND, of_phase(TRAFFIC), is_done)
        self._turn_the_day()
        self._kill(_KILLS_AT_MIDNIGHT, of_phase(MIDNIGHT), is_done)
        self._await_close()

    def _turn_the_day(self) -> None:
        self._day += timedelta(days=1)
        self.appliance.clock.set(_moment(self._day, 0, 1))

    def _await_close(self) -> None:
        ended = self._day - timedelta(days=1)
        wanted = {(site.id, ended.isoformat()) for site in SITES}
        data_dir = self.appliance.data_dir
        await_true(lambda: closed_days(data_dir) >= wanted, f"{ended} is closed", _ENDED_SECONDS)
        self._comparison.with_answers()
        self._say(f"{len(self.traffic.taken)} hits taken, {dict(self.traffic.answers)}: every answer is right")

    def _end_month(self) -> None:
        self._points.arm(of_phase(MONTH))
        self._day = _AFTER_MONTH
        self.appliance.clock.set(_moment(self._day, 0, 1))
        self._note_passed(of_phase(MONTH))
        data_dir = self.appliance.data_dir

        def is_ended() -> bool:
            said = entries(data_dir)
            closed = {entry["site"] for entry in said if entry["kind"] == "month_closed"}
            kept = [entry["at"] for entry in said if entry["kind"] == "retention_done"]
            return closed == {site.id for site in SITES} and max(kept) > self._day.isoformat()

        await_true(is_ended, "the month is closed and old data are deleted", _ENDED_SECONDS)

    def _end(self) -> None:
        self.appliance.clock.set(_moment(self._day, 10, 5))
        with self.traffic:
            self._kill(_KILLS_A_ROUND // 2, of_phase(TRAFFIC), lambda: False)
        self._comparison.with_answers()
        self.appliance.clock.advance(3600)  # all visits have ended
        self.killer.kill(EVERYTHING)
        self.appliance.stop()
        cells = self._comparison.with_tables()
        self._say(f"{len(self.traffic.taken)} hits, {cells} stored cells: every one is right")

    def _note_passed(self, points: Sequence[Point]) -> None:
        self._points.await_fired(points, _PASSED_SECONDS, self.killer.start_if_ended)
        for point in points:
            self.killer.note(point.name)

    def _kill(self, times: int, points: Sequence[Point], is_done: Callable[[], bool]) -> None:
        for _ in range(times):
            if is_done():
                return
            if self._source.random() < _AT_A_POINT:
                self._kill_at(self._source.choice(points))
            else:
                self.killer.kill_at_random(_LONGEST_PAUSE_SECONDS)
            self.traffic.require_no_problem()

    def _kill_at(self, point: Point) -> None:
        """Arm a point and wait for a while; if nobody passes it, nobody is killed."""
        everything = self._source.random() < 0.3
        self._points.arm([point], self._source.randrange(4), everything=everything)
        if self._points.is_passed(point, _SOON_SECONDS):
            self.killer.note(f"{point.name}{', everything' * everything}")
            if everything:
                self.killer.await_end()
        self.killer.start_if_ended()

    def _is_kept(self, site: str, day: date) -> bool:
        return site == SITES[0].id or day >= self._day - timedelta(days=SHORT_DAYS)


def _moment(day: date, hour: int, minute: int) -> float:
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).timestamp()

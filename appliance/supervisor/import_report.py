"""What an import says: a bar while it runs, and a table of what became of every line."""

import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import date
from typing import TextIO

from appliance.ingest.logs.line import LeftOut
from appliance.outcomes import Outcome
from appliance.stats.import_api import DayIs

_BAR_EVERY_SECONDS, _LINE_EVERY_SECONDS = 0.2, 10.0
_BAR = 30
_LISTED = 20
_WHY = {
    DayIs.RUNNING: "is not over yet",
    DayIs.OPEN: "is not closed yet: live hits of it were counted",
    DayIs.COUNTED: "is closed already: a closed day is never added to",
}


class Progress:
    """A bar on a terminal; elsewhere a line every ten seconds, for a file or the journal."""

    def __init__(self, out: TextIO = sys.stderr, monotonic: Callable[[], float] = time.monotonic) -> None:
        self.total = 0
        """Bytes of all files; 0 if nobody knows."""
        self._out = out
        self._monotonic = monotonic
        self._is_terminal = out.isatty()
        self._every_seconds = _BAR_EVERY_SECONDS if self._is_terminal else _LINE_EVERY_SECONDS
        self._doing = "reading"
        self._done = 0
        self._shown_at = float("-inf") if self._is_terminal else monotonic()

    def read(self, size: int) -> None:
        """So many bytes more have been read."""
        self._advance(size)

    def start_counting(self, events: int) -> None:
        """Reading has ended."""
        self._doing, self._done, self.total = "counting", 0, events

    def count(self, events: int) -> None:
        """So many events more are counted."""
        self._advance(events)

    def end(self) -> None:
        """Clear the bar."""
        if self._is_terminal:
            self._write("\r\033[K")

    def _advance(self, amount: int) -> None:
        self._done += amount
        now = self._monotonic()
        if now - self._shown_at < self._every_seconds:
            return
        self._shown_at = now
        self._write(f"\r{self._bar()}" if self._is_terminal else f"{self._line()}\n")

    def _bar(self) -> str:
        filled = int(_BAR * self._share())
        return f"{self._doing:9}[{'#' * filled}{'.' * (_BAR - filled)}] {self._share():4.0%}"

    def _line(self) -> str:
        return f"{self._doing} {self._share():.0%}" if self.total else f"{self._doing}, {self._done:,} bytes so far"

    def _share(self) -> float:
        return min(1.0, self._done / self.total) if self.total else 0.0

    def _write(self, text: str) -> None:
        self._out.write(text)
        self._out.flush()


class Report:
    """Every line of an import ends in exactly one of these."""

    def __init__(self) -> None:
        self.left_out: Counter[LeftOut] = Counter()
        self.outcomes: Counter[Outcome] = Counter()
        self.refused: Counter[tuple[date, DayIs]] = Counter()
        self.days: list[date] = []
        """Counted and closed."""

    @property
    def is_complete(self) -> bool:
        """Whether no line waits for a day that is still to end."""
        return all(state is DayIs.COUNTED for _, state in self.refused)

    def text(self) -> str:
        """The table for a terminal."""
        total = self.left_out.total() + self.outcomes.total() + self.refused.total()
        rows = [(total, "records read")]
        rows += [(self.left_out[reason], f"left out: {reason}") for reason in LeftOut]
        rows += [(self.outcomes[outcome], str(outcome)) for outcome in Outcome]
        rows += [(self.refused.total(), "of days that were refused")]
        lines = [f"{number:>12,}  {name}" for number, name in rows if number or name == "records read"]
        lines.append(f"{len(self.days):>12,}  days counted and closed")
        refused = sorted(self.refused.items())
        lines += [f"{day} {_WHY[state]} ({number:,} lines)" for (day, state), number in refused[:_LISTED]]
        if len(refused) > _LISTED:
            lines.append(f"and {len(refused) - _LISTED} more days")
        return "\n".join(lines) + "\n"

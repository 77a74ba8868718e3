"""What an import shows while it runs, and the table at its end."""

import io
from datetime import date

from appliance.ingest.logs.line import LeftOut
from appliance.outcomes import Outcome
from appliance.stats.import_api import DayIs
from appliance.supervisor.import_report import Progress, Report


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_the_table_accounts_for_every_record() -> None:
    report = Report()
    report.left_out[LeftOut.ASSET] = 1200
    report.outcomes[Outcome.ACCEPTED] = 30
    report.refused[date(2026, 1, 2), DayIs.OPEN] = 4
    report.days.append(date(2026, 1, 1))
    assert report.text() == (
        "       1,234  records read\n"
        "       1,200  left out: asset\n"
        "          30  accepted\n"
        "           4  of days that were refused\n"
        "           1  days counted and closed\n"
        "2026-01-02 is not closed yet: live hits of it were counted (4 lines)\n"
    )


def test_many_refused_days_are_not_all_listed() -> None:
    report = Report()
    for day in range(1, 29):
        report.refused[date(2026, 1, day), DayIs.COUNTED] = 1
    assert report.text().splitlines()[-1] == "and 8 more days"


def test_only_lines_that_wait_for_the_end_of_their_day_keep_a_file() -> None:
    report = Report()
    report.refused[date(2026, 1, 1), DayIs.COUNTED] = 1
    assert report.is_complete
    report.refused[date(2026, 1, 2), DayIs.RUNNING] = 1
    assert not report.is_complete


def test_a_terminal_gets_a_bar() -> None:
    terminal = Terminal()
    progress = Progress(terminal)
    progress.total = 200
    progress.read(100)
    progress.end()
    assert "reading  [###############...............]  50%" in terminal.getvalue()
    assert terminal.getvalue().endswith("\r\033[K")


def test_a_file_gets_a_line_every_ten_seconds() -> None:
    file, now = io.StringIO(), [0.0]
    progress = Progress(file, lambda: now[0])
    progress.total = 200
    for now[0] in (1.0, 9.9, 10.0, 12.0, 20.0):
        progress.read(30)
    progress.start_counting(40)
    now[0] = 31.0
    progress.count(10)
    progress.end()
    assert file.getvalue() == "reading 45%\nreading 75%\ncounting 25%\n"


def test_the_length_of_the_standard_input_is_not_known() -> None:
    file, now = io.StringIO(), [0.0]
    progress = Progress(file, lambda: now[0])
    now[0] = 10.0
    progress.read(1500)
    assert file.getvalue() == "reading, 1,500 bytes so far\n"

"""GoAccess, a log analyser of its own making: what it counts in a log, to compare with what an import counts."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple


class Counted(NamedTuple):
    """Numbers that its definitions and ours share."""

    pages: int
    """Requests for pages, without failures and robots."""
    visitors: int
    """Distinct address, day and agent."""


def command(log: Path, out: Path) -> list[str]:
    """Command line that reads a log in the combined format on one core and writes JSON."""
    program = shutil.which("goaccess")
    assert program, "goaccess is needed: `make setup` as root installs it"
    wanted = ["--log-format=COMBINED", "--no-global-config", "--no-progress", "--ignore-crawlers"]
    return [program, str(log), *wanted, "-o", str(out)]


def counted(out: Path) -> Counted:
    """What the JSON says."""
    report = json.loads(out.read_text())
    # What it takes for a page although it is a file is of no kind of its own.
    pages = sum(page["hits"]["count"] for page in report["requests"]["data"] if "." not in page["data"])
    return Counted(pages, report["general"]["unique_visitors"])


def count(log: Path, out: Path) -> Counted:
    """Run it."""
    subprocess.run(command(log, out), check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    return counted(out)

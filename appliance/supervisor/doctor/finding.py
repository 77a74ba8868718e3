"""What one check found, and how findings are printed."""

from collections.abc import Sequence
from enum import StrEnum
from typing import NamedTuple


class Level(StrEnum):
    """How bad it is."""

    FINE = "ok"
    NOTE = "note"
    """Worth knowing; nothing has to be done."""
    WARNING = "warning"
    """It works, and may not for ever."""
    FAULT = "fault"
    """Something is broken, or a promise is not kept."""


class Finding(NamedTuple):
    """One line, and what to do about it."""

    level: Level
    about: str
    text: str
    remedy: str = ""
    """What to do, as a sentence; "" if nothing."""


def as_text(findings: Sequence[Finding]) -> str:
    """For a terminal: each finding with what to do below it, and a last line that counts."""
    lines = []
    for found in findings:
        lines.append(f"{found.level:<8} {found.about:<10} {found.text}")
        if found.remedy:
            lines.append(f"{'':<19} {found.remedy}")
    counts = {level: sum(found.level is level for found in findings) for level in Level}
    return "\n".join([*lines, f"{counts[Level.FAULT]} faults, {counts[Level.WARNING]} warnings"]) + "\n"


def is_well(findings: Sequence[Finding]) -> bool:
    """Whether nothing is broken."""
    return all(found.level is not Level.FAULT for found in findings)

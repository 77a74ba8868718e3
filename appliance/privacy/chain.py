"""The chain of the evidence log: how lines hang together, and which may be replaced by a checkpoint. Pure."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

FIRST = "0" * 64
"""Stands for the line before the first one."""
CHECKPOINT = "evidence_checkpoint"
"""First line of a shortened log, in the place of the removed ones."""
SHORTENED = "evidence_shortened"
"""Entry that vouches for the checkpoint."""


class Verdict(NamedTuple):
    """Result of checking the chain."""

    entries: int
    broken_at: int | None
    """Number of the first line that does not fit, counted from 1; None if the chain holds."""
    head: str
    """Hash of the last line that fits."""


def walk(lines: Sequence[bytes]) -> Verdict:
    """Check lines from the first to the last; a checkpoint needs an entry that vouches for it."""
    expected, entries = FIRST, 0
    checkpoint = lines[0] if lines and read_entry(lines[0]).get("kind") == CHECKPOINT else None
    vouched = checkpoint is None
    for number, line in enumerate(lines, start=1):
        entry = read_entry(line)
        if entry.get("previous") != expected:
            return Verdict(entries, number, expected)
        expected, entries = hash_of(line), number
        if line is checkpoint:
            expected = str(entry.get("resumes"))
        elif checkpoint is not None and entry.get("kind") == SHORTENED:
            vouched = vouched or entry.get("checkpoint") == hash_of(checkpoint)
    return Verdict(entries, None if vouched else 1, expected)


def n_removable(lines: Sequence[bytes], moment: float) -> int:
    """Lines before the first that is not older; a checkpoint in front goes only with a line behind it."""
    count = 0
    for number, line in enumerate(lines, start=1):
        entry = read_entry(line)
        if entry.get("kind") == CHECKPOINT:
            continue
        at = moment_of(entry)
        if at is not None and at >= moment:
            break
        if at is not None:
            count = number
    return count


def read_entry(line: bytes) -> dict[str, object]:
    """The entry of a line; empty if the line is none."""
    try:
        entry = json.loads(line)
    except ValueError:
        return {}
    return entry if isinstance(entry, dict) else {}


def moment_of(entry: Mapping[str, object]) -> float | None:
    """When an entry was made, in seconds since 1970; None if it does not say."""
    try:
        return datetime.fromisoformat(str(entry["at"])).timestamp()
    except (KeyError, ValueError):
        return None


def integer(entry: Mapping[str, object], name: str) -> int:
    """An integer of an entry, 0 if there is none."""
    value = entry.get(name)
    return value if isinstance(value, int) else 0


def line_of(entry: Mapping[str, object]) -> bytes:
    """An entry as it is written, with the end of the line."""
    return json.dumps(entry, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"


def hash_of(line: bytes) -> str:
    """SHA-256 of a line without its end, in hex."""
    return hashlib.sha256(line).hexdigest()


def was_unbroken(entry: Mapping[str, object]) -> bool:
    """Whether an entry, should it be a checkpoint, stands for lines that all fitted."""
    return entry.get("kind") != CHECKPOINT or bool(entry.get("unbroken"))

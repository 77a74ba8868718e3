"""Undo the one thing that a kill of the embedded engine can leave half done: a part that is remembered but not there.

ClickHouse writes the deduplication log of a table before it renames the new part into place. Killed between the two, it
takes the repeated batch for a duplicate and the batch is lost. Before the engine opens its files, the last entry of
every such log is therefore compared with the parts on disk, and withdrawn if its part does not exist.
"""

import os
import re
from pathlib import Path

_ADDED = "1"
_DROPPED = "2"
_PART = re.compile(r"(?P<partition>[^_]+)_(?P<first>\d+)_(?P<last>\d+)_\d+(_\d+)?")
_LOG = re.compile(r"deduplication_log_(\d+)\.txt")


def withdraw_ghosts(engine: Path) -> int:
    """Withdraw remembered parts that are not there; the engine must not be running.

    Parts are committed one after the other, so only the last entry of each table can be such a ghost.

    Returns:
        Number of entries withdrawn.
    """
    return sum(_withdraw(directory) for directory in engine.glob("store/*/*/deduplication_logs"))


def _withdraw(directory: Path) -> int:
    logs = sorted((int(match[1]), path) for path in directory.iterdir() if (match := _LOG.fullmatch(path.name)))
    for _, log in reversed(logs):
        text = log.read_text(encoding="utf-8")
        whole = text[: text.rfind("\n") + 1]
        if whole != text:
            os.truncate(log, len(whole.encode()))  # a full disk tore the last line; its part was never added
        if not whole:
            continue
        operation, part, block = whole.splitlines()[-1].split("\t")
        if operation != _ADDED or is_covered(part, [path.name for path in directory.parent.iterdir()]):
            return 0
        with log.open("a", encoding="utf-8") as file:
            file.write(f"{_DROPPED}\t{part}\t{block}\n")
        return 1
    return 0


def is_covered(part: str, present: list[str]) -> bool:
    """Whether a part, or one that it was merged into, is among the directories of its table. Pure.

    >>> is_covered("202611_17_17_1", ["202611_1_16_4", "202611_12_20_2"])
    True
    """
    wanted = _PART.fullmatch(part)
    return wanted is not None and any(
        found["partition"] == wanted["partition"]
        and int(found["first"]) <= int(wanted["first"])
        and int(wanted["last"]) <= int(found["last"])
        for name in present
        if (found := _PART.fullmatch(name))
    )

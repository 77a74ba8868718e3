"""What the evidence log tells: last closes, runs of deletion, ages of keys, and its entries in plain words. Pure.

No key stands in it, and nothing of one visitor.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from appliance.privacy.chain import moment_of, read_entry

MEANINGS: Mapping[str, str] = {
    "key_created": "A site's day got its key.",
    "visits_closed": "All visits of the day are ended, their state is deleted.",
    "key_destroyed": "The key of the day is overwritten: what it encrypted is noise.",
    "append_only_file_rewrite": "Redis writes its file anew, without the day.",
    "close_requested": "A day that was over and still open is to be closed.",
    "day_closed": "The day is closed: what may not be shown is deleted.",
    "month_closed": "The month is closed: what may not be shown is deleted.",
    "import_begun": "A day of a log is being counted.",
    "import_taken_back": "A part of a day that an import had counted is deleted.",
    "key_lost": "A key was lost with the machine's memory: what it encrypted cannot be read.",
    "redis_emptied": "Redis came back without its data: hits that were not counted yet are lost.",
    "retention_started": "Old data are about to be deleted.",
    "retention_done": "Old data are deleted; no part holds an older day.",
    "retention_failed": "Old data could not be deleted.",
    "site_erasure_started": "A site is being erased.",
    "site_erased": "A site is erased from every store.",
    "backup_begun": "A backup is being taken.",
    "backup_taken": "A backup was handed over as a whole.",
    "restored": "These counters come from a backup.",
    "evidence_checkpoint": "Stands for lines that were older than their limit.",
    "evidence_shortened": "Vouches for the checkpoint.",
    "transport_key_destroyed": "The key of facts on their way is overwritten.",
}


class Entry(NamedTuple):
    """One line of the log."""

    at: float
    """Seconds since 1970."""
    kind: str
    meaning: str
    site: str
    """Empty: of the appliance as a whole."""
    day: str
    facts: str
    """The rest, as JSON."""


class Run(NamedTuple):
    """One run that deletes what is older than its limit."""

    at: float
    went_well: bool
    said: str


class Close(NamedTuple):
    """The last closed day of a site."""

    site: str
    day: str
    at: float


class KeyAge(NamedTuple):
    """How long the key of a site's day lived, or has lived; nothing of the key itself."""

    site: str
    day: str
    created_at: float
    destroyed_at: float | None


class Proceedings(NamedTuple):
    """All of it, the newest first."""

    closes: list[Close]
    runs: list[Run]
    keys: list[KeyAge]
    """Those that live, then the last that were destroyed."""
    entries: list[Entry]
    n_entries: int
    """Of the readable ones, also of those left out."""


def read_proceedings(lines: Iterable[bytes], sites: Collection[str] | None, most: int) -> Proceedings:
    """Read the lines of the log, the oldest first.

    Args:
        lines: of the log.
        sites: only these, and what concerns the appliance as a whole; None: all.
        most: entries, runs and destroyed keys of the answer.
    """
    entries = list(_entries(lines, sites))
    closes: dict[str, Close] = {}
    keys: dict[tuple[str, str], KeyAge] = {}
    runs = []
    for entry in entries:
        where = (entry.site, entry.day)
        match entry.kind:
            case "day_closed" if entry.day >= closes.get(entry.site, Close("", "", 0)).day:
                closes[entry.site] = Close(*where, entry.at)
            case "key_created":
                keys[where] = KeyAge(*where, entry.at, None)
            case "key_destroyed" if where in keys:
                keys[where] = keys.pop(where)._replace(destroyed_at=entry.at)
            case "retention_done":
                runs.append(Run(entry.at, True, _deleted(entry)))
            case "retention_failed":
                runs.append(Run(entry.at, False, str(json.loads(entry.facts).get("reason", ""))))
    ages = list(reversed(keys.values()))
    gone = [one for one in ages if one.destroyed_at is not None]
    return Proceedings(
        sorted(closes.values()),
        runs[: -most - 1 : -1],
        [one for one in ages if one.destroyed_at is None] + gone[:most],
        entries[: -most - 1 : -1],
        len(entries),
    )


def lines_for(lines: Iterable[bytes], sites: Collection[str] | None) -> Iterator[bytes]:
    """The lines that concern these sites or the appliance as a whole; None: all, as they are."""
    for line in lines:
        entry = read_entry(line)
        if sites is None or (entry and _concerns(entry, sites)):
            yield line


def _entries(lines: Iterable[bytes], sites: Collection[str] | None) -> Iterator[Entry]:
    for line in lines:
        entry = read_entry(line)
        at = moment_of(entry)
        if at is None or (sites is not None and not _concerns(entry, sites)):
            continue
        kind = str(entry.get("kind"))
        rest = {key: value for key, value in entry.items() if key not in ("at", "kind", "previous", "site", "day")}
        yield Entry(
            *(at, kind, MEANINGS.get(kind, "")),
            *(str(entry.get("site", "")), str(entry.get("day", entry.get("month", "")))),
            json.dumps(rest, ensure_ascii=False),
        )


def _concerns(entry: Mapping[str, object], sites: Collection[str]) -> bool:
    """Limits of other sites stand in `retention_started`, and in nothing else that names no site."""
    site = entry.get("site")
    return entry.get("kind") != "retention_started" if site is None else site in sites


def _deleted(entry: Entry) -> str:
    done = json.loads(entry.facts).get("deleted")
    tables = sorted(done) if isinstance(done, dict) else []
    return f"Deleted from {', '.join(tables)}." if tables else "Nothing was older than its limit."

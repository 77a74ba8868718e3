"""What the evidence log says of closes, deletions and lost keys, and what the configuration promises."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import NamedTuple

from appliance.aggregate.site_days import LONGEST_KEY_LIFE_MS
from appliance.privacy.chain import moment_of, read_entry
from appliance.privacy.evidence import EvidenceLog
from appliance.settings import Settings
from appliance.supervisor.doctor.finding import Finding, Level

_DAY = 86_400.0
_LATE_SECONDS = 2 * _DAY
_RECENT_SECONDS = 31 * _DAY
_KEY_LIFE_SECONDS = LONGEST_KEY_LIFE_MS / 1000 + 600
_SET_BACK_SECONDS = 600.0


class History(NamedTuple):
    """Entries of the evidence log that tell how the appliance is."""

    last_close: Mapping[str, date]
    """Last closed day of each site."""
    counted_days: set[date]
    last_deletion: float | None
    """When data were last deleted by their limits, in seconds since 1970."""
    last_failure: tuple[float, str] | None
    """When a deletion last failed, and why."""
    lost_keys: int
    """Times that keys were lost, in the last 31 days."""
    emptied: int = 0
    """Times that Redis was found without its data, in the last 31 days."""
    last_backup: float | None = None
    """When a backup was last handed over as a whole."""
    last_close_at: float | None = None
    """When a day was last closed."""
    last_entry: float | None = None
    """The latest moment that any entry has."""
    old_keys: tuple[str, ...] = ()
    """Keys made more than 26 hours ago of whose end nothing is written, as `site day`; of the last 31 days."""


def read_history(lines: Iterable[bytes], now: float) -> History:
    """Read the lines of the evidence log. Pure."""
    closes: dict[str, date] = {}
    days: set[date] = set()
    deletion, failure, lost, emptied, backup, closed_at = None, None, 0, 0, None, None
    latest: float | None = None
    made: dict[str, float] = {}
    for line in lines:
        entry = read_entry(line)
        at = moment_of(entry)
        if at is None:
            continue
        latest = at if latest is None else max(latest, at)
        where = f"{entry.get('site')} {entry.get('day')}"
        match entry.get("kind"):
            case "key_created":
                made[where] = at
            case "key_destroyed":
                made.pop(where, None)
            case "site_erased":
                made = {name: at for name, at in made.items() if not name.startswith(f"{entry.get('site')} ")}
            case "day_closed":
                made.pop(where, None)
                site, day = str(entry.get("site")), date.fromisoformat(str(entry.get("day")))
                days.add(day)
                closed_at = at
                closes[site] = max(day, closes.get(site, day))
            case "retention_done":
                deletion = at
            case "retention_failed":
                failure = (at, str(entry.get("reason")))
            case "key_lost":
                lost += now - at < _RECENT_SECONDS
            case "redis_emptied":
                emptied += now - at < _RECENT_SECONDS
            case "backup_taken":
                backup = at
    old = sorted(name for name, at in made.items() if _KEY_LIFE_SECONDS < now - at < _RECENT_SECONDS)
    return History(closes, days, deletion, failure, lost, emptied, backup, closed_at, latest, tuple(old))


def check_evidence(log: EvidenceLog) -> Finding:
    """Walk the chain."""
    verdict = log.verify()
    if verdict.broken_at is None:
        return Finding(Level.FINE, "evidence", f"{verdict.entries} entries, the chain holds")
    return Finding(
        Level.FAULT,
        "evidence",
        f"the chain breaks at line {verdict.broken_at}",
        "Keep the file as it is and find out who changed it; the lines behind prove nothing.",
    )


def check_history(history: History, settings: Settings, now: float) -> list[Finding]:
    """Closes, deletions, backups and keys. Pure."""
    found = [_closes(history, settings), _deletion(history, now), _backup(history, now)]
    if history.last_entry is not None and history.last_entry > now + _SET_BACK_SECONDS:
        found.append(
            Finding(
                Level.WARNING,
                "clock",
                f"behind the evidence log, which has an entry of {_moment(history.last_entry)}",
                "It is slow, or was fast before; set it right. Hits of days that were ended are dropped as late.",
            )
        )
    if history.old_keys:
        found.append(
            Finding(
                Level.FAULT,
                "keys",
                f"nothing says that these were destroyed: {', '.join(history.old_keys)}",
                "Run 'appliance keys expire', start the appliance, and tell the data protection officer.",
            )
        )
    if history.lost_keys:
        found.append(
            Finding(
                Level.NOTE,
                "keys",
                f"lost {history.lost_keys} times in 31 days",
                "After a reboot this is expected; visitors of that day may count twice.",
            )
        )
    if history.emptied:
        found.append(
            Finding(
                Level.WARNING,
                "Redis",
                f"came back without its data {history.emptied} times in 31 days",
                "Hits that were not counted yet are lost. Find out who empties it: its disk, or FLUSHALL.",
            )
        )
    return found


def check_promises(settings: Settings, today: date) -> list[Finding]:
    """Relaxations whose review is due, and what must not be in production. Pure."""
    found = [
        Finding(
            Level.WARNING,
            "privacy",
            f"the relaxation of {one.setting} was to be reviewed by {one.review_by}",
            "Decide again with the data protection officer and set a new review_by.",
        )
        for one in settings.privacy.relaxations
        if date.fromisoformat(one.review_by) < today
    ]
    if settings.test_clock_file:
        found.append(Finding(Level.FAULT, "clock", "server.test_clock_file is set", "Remove it: it is for tests only."))
    if settings.keyring.allow_disk:
        found.append(Finding(Level.NOTE, "keys", f"a disk is allowed: {settings.keyring.reason}"))
    if not settings.sites:
        found.append(Finding(Level.WARNING, "sites", "none", "Add [[sites]]: every hit is refused."))
    return found


def _closes(history: History, settings: Settings) -> Finding:
    known = {site.id for site in settings.sites}
    last = [f"{site} {day}" for site, day in sorted(history.last_close.items()) if site in known]
    return Finding(Level.FINE, "closes", f"last closed: {', '.join(last)}" if last else "no day was closed yet")


def _deletion(history: History, now: float) -> Finding:
    done, failed = history.last_deletion, history.last_failure
    if failed and (done is None or failed[0] > done):
        return Finding(
            Level.FAULT,
            "retention",
            f"failed at {_moment(failed[0])}: {failed[1]}",
            "It is tried again by itself, at least once an hour; see the runbook.",
        )
    if done is None:
        return Finding(Level.FINE, "retention", "has not run yet")
    if now - done > _LATE_SECONDS:
        return Finding(
            Level.FAULT, "retention", f"last ran at {_moment(done)}", "Start the appliance: it deletes once a night."
        )
    return Finding(Level.FINE, "retention", f"last ran at {_moment(done)}")


def _backup(history: History, now: float) -> Finding:
    last = history.last_backup
    if last is not None and now - last < _RECENT_SECONDS:
        return Finding(Level.FINE, "backup", f"last taken at {_moment(last)}")
    said = "none was taken yet" if last is None else f"last taken at {_moment(last)}"
    return Finding(Level.NOTE, "backup", said, "'appliance backup' copies the closed days while everything runs.")


def _moment(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"

"""Every event that our own code logs, with its meaning, and every field that a line may have. Both lists are closed.

A field that is not listed is not written: nobody adds a path, an address or a tag to a line by mistake.
"""

EVENTS = {
    "answer_failed": "a question to the stats API broke off; it was answered with 500",
    "backup_failed": "a backup broke off",
    "backup_taken": "a backup was handed over as a whole",
    "broken": "a command or a part ends with an error that nobody expected, at its start",
    "clock_leapt": "the machine's clock was set; days wait until it is steady",
    "day_closed": "a day is folded and closed",
    "day_ended": "the visits of a day are ended and its key is destroyed",
    "day_is_over": "hits of a day arrive whose key is destroyed; they are dropped as `late`",
    "day_was_forgotten": "a day was open that nobody had asked to close; it is closed now",
    "evidence_unwritten": "the evidence log cannot be written",
    "facts_set_aside": "ClickHouse can never take some batches of facts",
    "flush_failed": "Redis or ClickHouse is away; counting goes on later",
    "flushing": "the same is over",
    "hit_refused": "ingest did not take a hit of the demo's own traffic",
    "key_gone": "a key was destroyed from outside while the worker used it",
    "key_lost": "profiles are there whose key is lost; visitors may count twice",
    "lease_lost": "the worker stood still for longer than a lease lives; it goes on if no other came",
    "login_not_kept": "the file of logins cannot be written",
    "metrics_failed": "a part could not make its samples",
    "metrics_unreadable": "a part gave samples that the supervisor does not know",
    "migrated": "a migration of the tables was done",
    "month_closed": "a month is closed",
    "outcomes_not_counted": "so many different outcomes wait that further ones are not counted",
    "outcomes_not_taken": "counts of drops were not taken; they are kept",
    "part_died": "a part ended without being told to; it is started again",
    "part_hangs": "a part runs and does not answer; it is killed and started again",
    "part_killed": "a part did not end in time",
    "part_ready": "a part answers",
    "places": "the database of places that is in use",
    "places_old": "the database of places is old",
    "places_unusable": "the database of places cannot be used; the one before stays in use",
    "program_says": "a line of Redis",
    "ready": "all parts answer",
    "recovered": "Redis or the lease is back, and the worker has rebuilt its state",
    "redis_emptied": "Redis came back without its data: hits that were not counted yet are lost",
    "redis_has_room": "hits are taken again",
    "redis_is_full": "hits are refused with 503 because Redis is nearly full",
    "redis_unavailable": "Redis is away; the worker waits",
    "reload_failed": "a changed configuration was not taken",
    "reloaded": "a changed configuration was taken",
    "request_failed": "a request broke off; it was answered with 500",
    "retention_done": "old data were deleted",
    "retention_failed": "old data could not be deleted; it is tried again",
    "retention_waits": "nothing is deleted until the clock is steady",
    "sitemap": "pages of a sitemap were read",
    "sitemap_not_kept": "the pages of a sitemap cannot be written down",
    "sitemap_unusable": "a sitemap cannot be read",
    "stop_failed": "something could not be ended in order",
    "stopped": "all parts have ended",
    "stray_output": "a part printed something that is no log line; only its length is noted",
    "uncaught": "a part ends with an error that nobody expected",
    "unclean_end": "the worker could not finish what it had begun; the next start does",
    "undrained": "the warehouse ended with facts left in Redis; the next start counts them",
    "values_beyond_limits": "values are counted as `(other)`",
}
"""By name. `library_says` comes in addition: a line of a foreign library, of which only level and place are kept."""

FIELDS = frozenset(
    {
        *("after_seconds", "again_in_seconds", "at", "built", "by_seconds", "bytes", "characters", "closed_days"),
        *("day", "days", "days_wait_seconds", "entries", "error", "evidence_lines", "hits", "how", "in_use", "key"),
        *("kind", "migration", "month", "of", "of_sites", "of_visitors", "pages", "pages_kept", "pid", "reason"),
        *("rows", "seconds", "site", "status", "text", "unreadable_profiles", "what", "why"),
    }
)
"""Beside `at`, `level`, `part`, `event`, and `error`, `places`, `text` of exceptions. `key` is the name of a key."""

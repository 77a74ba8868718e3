"""Every metric of the appliance, once: name, type, help and labels. What is not listed here cannot be exposed.

No label has a value that comes from a request: no site, path, country or tag. Their values are names of parts, of
outcomes, of lanes, status codes and versions.
"""

from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """Types of Prometheus' text format."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(NamedTuple):
    """One metric. Its first label is always `part`: the process that it tells of."""

    name: str
    kind: Kind
    help: str
    labels: tuple[str, ...] = ("part",)


def _counter(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.COUNTER, text, ("part", *labels))


def _gauge(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.GAUGE, text, ("part", *labels))


def _seconds(name: str, text: str, *labels: str) -> Metric:
    return Metric(name, Kind.HISTOGRAM, text, ("part", *labels))


_PROCESSES = (
    _gauge("appliance_build_info", "Always 1; the labels say what runs.", "version", "python"),
    _gauge("appliance_part_up", "1 if the part answered this scrape. Redis answers with its own PING."),
    _counter("appliance_part_starts_total", "Times that the supervisor started the part."),
    _gauge("appliance_process_resident_bytes", "Memory of the process."),
    _counter("appliance_process_cpu_seconds_total", "Processor time of the process."),
    _gauge("appliance_disk_free_bytes", "Room on the disk of the data directory."),
    _gauge("appliance_disk_size_bytes", "Size of the disk of the data directory."),
    _gauge("appliance_disk_counters_bytes", "What the counters take of it; looked at once an hour."),
    _gauge("appliance_disk_days_until_full", "Days that the room lasts at their growth; missing in the first week."),
)
_QUEUES = (
    _gauge("appliance_redis_memory_used_bytes", "Memory that counts against maxmemory."),
    _gauge("appliance_redis_memory_limit_bytes", "maxmemory; 0 without a limit."),
    _gauge("appliance_redis_emptied_seconds", "When Redis was found without its data, for a day; since 1970, else 0."),
    _gauge("appliance_queue_entries", "Commits of hits that the worker has not read."),
    _gauge("appliance_queue_oldest_seconds", "Age of the oldest of them; 0 without any."),
    _gauge("appliance_outbox_entries", "Batches of facts that ClickHouse has not got."),
    _gauge("appliance_outbox_oldest_seconds", "Age of the oldest of them; 0 without any."),
    _gauge("appliance_set_aside_entries", "Batches of facts that ClickHouse refused and that wait for you."),
    _gauge("appliance_days_to_close", "Site-days whose visits are ended and whose cells are open."),
    _gauge("appliance_days_overdue", "Site-days that are not closed an hour after the latest moment for it."),
)
_HTTP = (
    _counter("appliance_http_requests_total", "Answered requests.", "status"),
    _seconds("appliance_http_request_seconds", "From the whole request to the first byte of its answer."),
    _gauge("appliance_http_connections", "Open connections."),
    _gauge("appliance_http_connections_limit", "Connections that may be open."),
)
_INGEST = (
    _counter("appliance_ingest_hits_total", "Hits by outcome; `queued` ones are counted by the worker.", "outcome"),
)
_WORKER = (
    _counter("appliance_worker_events_total", "Queued hits by what the worker made of them.", "outcome"),
    _seconds("appliance_worker_batch_seconds", "One batch of a shard, from the read to its transaction."),
    _gauge("appliance_worker_open_visits", "Visits that are not ended."),
    _gauge("appliance_worker_clock_steady", "1 if the clock is believed; 0 for ten minutes after it was set."),
    _gauge("appliance_keys_live", "Day keys that exist."),
    _gauge("appliance_keys_oldest_age_seconds", "Age of the oldest day key; 0 without any."),
    _gauge("appliance_keys_overdue", "Day keys that should have been destroyed by now. More than 0 is an incident."),
)
_WAREHOUSE = (
    _counter("appliance_warehouse_facts_total", "Facts that were counted.", "lane"),
    _seconds("appliance_warehouse_flush_seconds", "One batch of facts, from the read to its confirmation.", "lane"),
    _counter("appliance_warehouse_flush_failures_total", "Rounds that Redis or ClickHouse broke off.", "lane"),
    _counter("appliance_warehouse_set_aside_total", "Batches of facts set aside since the start.", "lane"),
    _gauge("appliance_warehouse_counted_until_seconds", "All hits of before this moment are counted; since 1970."),
    _seconds("appliance_day_close_seconds", "Closes of a site-day that went through."),
    _counter("appliance_day_close_failures_total", "Closes that broke off and will be tried again."),
    _gauge("appliance_day_close_last_seconds", "When a day was last closed; since 1970, 0 if never."),
    _gauge("appliance_retention_last_seconds", "When old data were last deleted; since 1970, 0 if never."),
    _counter("appliance_retention_rows_total", "Rows deleted by their limits since the start."),
    _counter("appliance_retention_failures_total", "Deletions that failed since the start."),
)

METRICS = (*_PROCESSES, *_QUEUES, *_HTTP, *_INGEST, *_WORKER, *_WAREHOUSE)
BY_NAME = {metric.name: metric for metric in METRICS}

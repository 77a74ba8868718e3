"""What the worker measures of itself, as samples. Ages of keys, never keys."""

from collections.abc import Iterator

from appliance.aggregate.worker import WorkerState
from appliance.metrics.samples import Sample, histogram, number


def worker_samples(state: WorkerState, now: float) -> Iterator[Sample]:
    """The state at a moment in seconds since 1970."""
    for outcome, events in sorted(state.events.items()):
        yield number("appliance_worker_events_total", events, str(outcome))
    yield histogram("appliance_worker_batch_seconds", state.batches)
    yield number("appliance_worker_open_visits", state.open_visits)
    yield number("appliance_worker_clock_steady", state.believes_clock)
    ages = [now - created_ms / 1000 for created_ms, _ in state.keys]
    yield number("appliance_keys_live", len(ages))
    yield number("appliance_keys_oldest_age_seconds", max(ages, default=0.0))
    yield number("appliance_keys_overdue", sum(now * 1000 >= deadline_ms for _, deadline_ms in state.keys))

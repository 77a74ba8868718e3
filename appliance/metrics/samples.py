"""One value of one metric, as a part hands it to the supervisor. Names and labels are checked against the list."""

import msgspec

from appliance.metrics.durations import Buckets
from appliance.metrics.names import BY_NAME, Kind


class Sample(msgspec.Struct, frozen=True, array_like=True):
    """A value without the part that it comes from; the supervisor knows that."""

    name: str
    labels: tuple[str, ...]
    """Values of the metric's labels behind `part`."""
    value: float = 0.0
    buckets: Buckets | None = None
    """Of a histogram."""


def number(name: str, value: float, *labels: str) -> Sample:
    """A counter or a gauge.

    Raises:
        KeyError: not in the list of metrics.
        ValueError: the list says otherwise about its labels or its kind.
    """
    _check(name, labels, is_histogram=False)
    return Sample(name, labels, float(value))


def histogram(name: str, buckets: Buckets, *labels: str) -> Sample:
    """Durations; raises as `number`."""
    _check(name, labels, is_histogram=True)
    return Sample(name, labels, buckets=buckets)


def _check(name: str, labels: tuple[str, ...], *, is_histogram: bool) -> None:
    metric = BY_NAME[name]
    if len(labels) + 1 != len(metric.labels) or (metric.kind is Kind.HISTOGRAM) is not is_histogram:
        raise ValueError(f"{name} is listed as a {metric.kind} with labels {metric.labels}")


def encode(samples: list[Sample]) -> bytes:
    """For the way from a part to the supervisor."""
    return msgspec.msgpack.encode(samples)


def decode(content: bytes) -> list[Sample]:
    """Undo `encode`.

    Raises:
        msgspec.DecodeError: not samples.
        KeyError: not in the list of metrics; the part is of another version.
        ValueError: see `number`.
    """
    samples = msgspec.msgpack.decode(content, type=list[Sample])
    for sample in samples:
        _check(sample.name, sample.labels, is_histogram=sample.buckets is not None)
    return samples

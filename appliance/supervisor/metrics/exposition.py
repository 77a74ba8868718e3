"""The address that Prometheus scrapes: samples of all parts in its text format, on loopback, from a thread."""

from collections.abc import Callable, Iterable, Iterator
from wsgiref.simple_server import WSGIServer

from prometheus_client import start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector, CollectorRegistry

from appliance.errors import StartError
from appliance.metrics.durations import BOUNDS
from appliance.metrics.names import METRICS, Kind
from appliance.metrics.samples import Sample
from appliance.settings import host_port

_BOUNDS = (*(str(bound) for bound in BOUNDS), "+Inf")
Gather = Callable[[], Iterable[tuple[str, Sample]]]
"""Gives samples, each with the part that it tells of."""


class Families(Collector):
    """All metrics of the list in its order, gathered anew for each scrape; those without a sample are left out."""

    def __init__(self, gather: Gather) -> None:
        self._gather = gather

    def collect(self) -> Iterator[Metric]:
        """What the library renders."""
        samples: dict[str, list[tuple[str, Sample]]] = {}
        for part, sample in self._gather():
            samples.setdefault(sample.name, []).append((part, sample))
        for listed in METRICS:
            found = samples.get(listed.name, ())
            if not found:
                continue
            kind = _KINDS[listed.kind]
            family = kind(listed.name, listed.help, labels=listed.labels)
            for part, sample in found:
                _add(family, [part, *sample.labels], sample)
            yield family


_KINDS: dict[Kind, type[CounterMetricFamily | GaugeMetricFamily | HistogramMetricFamily]] = {
    Kind.COUNTER: CounterMetricFamily,
    Kind.GAUGE: GaugeMetricFamily,
    Kind.HISTOGRAM: HistogramMetricFamily,
}


def _add(family: Metric, labels: list[str], sample: Sample) -> None:
    if isinstance(family, HistogramMetricFamily):
        assert sample.buckets is not None  # noqa: S101  checked with the list
        family.add_metric(labels, list(zip(_BOUNDS, sample.buckets.counts, strict=True)), sample.buckets.seconds)
    elif isinstance(family, CounterMetricFamily | GaugeMetricFamily):
        family.add_metric(labels, sample.value)


def serve_metrics(address: str, gather: Gather) -> WSGIServer:
    """Answer scrapes until `shutdown` is called.

    Raises:
        StartError: the address cannot be listened on.
    """
    host, port = host_port(address)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Families(gather))
    try:
        server, _ = start_http_server(port, host, registry)
    except OSError as error:
        raise StartError(f"server.metrics_listen: {address} cannot be listened on ({error.strerror})") from None
    return server

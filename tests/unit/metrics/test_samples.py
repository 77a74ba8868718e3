"""Nothing outside the list becomes a sample, neither where it is made nor where it arrives."""

import msgspec
import pytest

from appliance.metrics.durations import Durations
from appliance.metrics.samples import Sample, decode, encode, histogram, number


def test_samples_survive_their_way() -> None:
    durations = Durations()
    durations.add(0.02)
    samples = [
        number("appliance_ingest_hits_total", 3, "bot"),
        histogram("appliance_http_request_seconds", durations.buckets()),
    ]
    assert decode(encode(samples)) == samples


def test_a_name_that_is_not_listed_is_refused() -> None:
    with pytest.raises(KeyError):
        number("appliance_page_hits_total", 1)
    with pytest.raises(KeyError):
        decode(encode([Sample("appliance_page_hits_total", (), 1.0)]))


@pytest.mark.parametrize("labels", [(), ("bot", "/secret")])
def test_a_label_too_many_or_too_few_is_refused(labels: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match="is listed as"):
        number("appliance_ingest_hits_total", 1, *labels)
    with pytest.raises(ValueError, match="is listed as"):
        decode(encode([Sample("appliance_ingest_hits_total", labels, 1.0)]))


def test_a_number_is_no_histogram() -> None:
    with pytest.raises(ValueError, match="is listed as"):
        number("appliance_http_request_seconds", 1)
    with pytest.raises(ValueError, match="is listed as"):
        histogram("appliance_http_connections", Durations().buckets())


def test_what_is_no_sample_is_refused() -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(b"\x93")

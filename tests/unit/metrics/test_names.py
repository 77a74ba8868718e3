"""The list of metrics keeps to Prometheus' conventions and to our promise about labels."""

import pytest

from appliance.metrics.names import BY_NAME, METRICS, Kind, Metric

LABELS = {"part", "version", "python", "status", "outcome", "lane"}
"""None of them has a value that a request could choose."""


def test_no_name_stands_twice() -> None:
    assert len(BY_NAME) == len(METRICS)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_a_metric_is_named_by_the_conventions(metric: Metric) -> None:
    assert metric.name.startswith("appliance_")
    assert metric.name.endswith("_total") is (metric.kind is Kind.COUNTER)
    assert metric.kind is not Kind.HISTOGRAM or metric.name.endswith("_seconds")
    assert metric.help.endswith(".")


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_no_label_can_carry_what_a_request_said(metric: Metric) -> None:
    assert metric.labels[0] == "part"
    assert set(metric.labels) <= LABELS

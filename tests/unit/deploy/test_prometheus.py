"""The alert rules and the page about them speak of metrics that exist, and of labels that these have."""

import re
from pathlib import Path
from typing import Any

import promql_parser
import pytest
import yaml

from appliance.metrics.names import BY_NAME, METRICS, Kind, Metric
from appliance.outcomes import Outcome

ROOT = Path(__file__).resolve().parents[3]
PROMETHEUS = ROOT / "deploy" / "prometheus"
PAGE = (ROOT / "docs" / "monitoring.md").read_text(encoding="utf-8")
RULES: list[dict[str, Any]] = [
    rule
    for group in yaml.safe_load((PROMETHEUS / "appliance-alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]
PARTS = {"supervisor", "redis", "ingest", "worker", "warehouse", "dashboard"}
_SELECTOR = re.compile(r"\b(appliance_\w+)(?:\{([^}]*)\})?")
_MATCHER = re.compile(r'(\w+)(?:=|!=)"([^"]*)"')


def check(expression: str, *, is_text: bool = False) -> None:
    """Every selector names a metric of the list, its labels, and values that these can have."""
    for name, matchers in _SELECTOR.findall(expression):
        base = re.sub(r"_(bucket|sum|count)$", "", name)
        metric = BY_NAME[name] if name in BY_NAME else BY_NAME[base]
        assert is_text or (name != metric.name) is (metric.kind is Kind.HISTOGRAM), name
        for label, value in _MATCHER.findall(matchers):
            assert label in metric.labels, f"{label} of {name}"
            assert label != "part" or value in PARTS
            assert label != "outcome" or value in {"queued", *Outcome}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_an_alert_asks_for_metrics_of_the_list(rule: dict[str, Any]) -> None:
    assert set(rule) <= {"alert", "expr", "for", "labels", "annotations"}
    assert rule["labels"]["severity"] in ("page", "warn")
    assert rule["annotations"]["summary"].endswith(".")
    promql_parser.parse(rule["expr"])  # as Prometheus does, with the types of what functions take
    check(rule["expr"])
    assert _SELECTOR.search(rule["expr"]) or rule["expr"].startswith('up{job="appliance"}')


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule["alert"])
def test_the_page_says_what_to_do_about_an_alert(rule: dict[str, Any]) -> None:
    assert re.search(rf"^\| `{rule['alert']}` \| [^|]+ \| [^|]+ \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_page_explains_a_metric_in_the_words_of_the_list(metric: Metric) -> None:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    assert f"| `{metric.name}` | {metric.kind} | {labels} | {metric.help} |\n" in PAGE


def test_the_page_names_no_metric_and_no_alert_that_is_gone() -> None:
    check(PAGE, is_text=True)
    assert set(re.findall(r"^\| `(Appliance\w+)` \|", PAGE, re.MULTILINE)) == {rule["alert"] for rule in RULES}


def test_prometheus_scrapes_the_address_of_the_example() -> None:
    scrape = yaml.safe_load((PROMETHEUS / "scrape.yml").read_text(encoding="utf-8"))
    (target,) = scrape["scrape_configs"][0]["static_configs"][0]["targets"]
    assert f'#metrics_listen = "{target}"' in (ROOT / "deploy" / "appliance.toml").read_text(encoding="utf-8")
    assert [(PROMETHEUS / name).is_file() for name in scrape["rule_files"]] == [True]

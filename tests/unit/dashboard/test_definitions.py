"""Every figure has one definition, and the documents say the same."""

from pathlib import Path

import pytest

from appliance.stats.contract import ATTRIBUTES, Answer, Meta, Metric, Row, Site
from dashboard import definitions
from dashboard.figures import FIGURES, Figure
from dashboard.panels import PANELS, Report, asked_metrics
from dashboard.periods import Choice, period
from dashboard.view import View
from dashboard.widgets.panel import values_data
from tests.unit.dashboard.test_periods import TODAY

DOCS = Path(__file__).parents[3] / "docs"
REPORTS = [report for card in PANELS for report in card.reports]


@pytest.mark.parametrize("metric", list(Metric))
def test_the_page_of_metrics_has_the_same_sentence(metric: Metric) -> None:
    assert f"| `{metric}` | {definitions.of_metric(metric)} | " in (DOCS / "metrics.md").read_text()


@pytest.mark.parametrize("name", definitions.FIGURES)
def test_the_page_of_the_dashboard_has_the_same_sentence(name: str) -> None:
    assert f"| {name} | {definitions.FIGURES[name]} |" in (DOCS / "dashboard.md").read_text()


@pytest.mark.parametrize("figure", FIGURES.values(), ids=lambda figure: figure.metric)
def test_no_definition_speaks_of_names_of_the_api(figure: Figure) -> None:
    assert "event:" not in figure.definition


@pytest.mark.parametrize("name", ATTRIBUTES)
def test_every_dimension_says_what_it_lists(name: str) -> None:
    assert definitions.of_dimension(name.replace("<key>", "plan")).endswith(".")


@pytest.mark.parametrize("report", REPORTS, ids=lambda report: report.tab)
def test_every_head_of_every_list_has_a_definition(report: Report) -> None:
    metrics = asked_metrics(report, [report.only] if report.only else [])
    answer = Answer([Row(["x"], [1 for _ in metrics])], Meta("daily_sum", "", includes_today=True), {})
    data = values_data(View(Site("a.example", "UTC"), period(Choice.LAST_7_DAYS, TODAY)), report, metrics, answer)
    assert [column["label"] for column in data["columns"] if not column["help"]] == []
    marks = {column["mark"] for column in data["columns"] if "isitors" in column["label"]}
    assert marks == {"daily, summed"}

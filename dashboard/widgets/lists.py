"""What a list of the report shows, whatever it lists."""

from typing import Any

from dashboard import questions
from dashboard.client import StatsClient
from dashboard.panels import Kind, Report
from dashboard.view import View
from dashboard.widgets.funnel import funnel_data
from dashboard.widgets.panel import values_data
from dashboard.widgets.ways import ways_data


def list_data(client: StatsClient, view: View, report: Report) -> dict[str, Any]:
    """Ask for a list.

    Raises:
        StatsError: it cannot be answered.
    """
    match report.kind:
        case Kind.FUNNEL:
            return funnel_data(view, report, client.funnels(view.site.id, view.period.named))
        case Kind.WAYS | Kind.BEFORE | Kind.AFTER:
            return ways_data(view, report, client.transitions(view.site.id, view.period.named))
    question = questions.values(view, report)
    return values_data(view, report, tuple(question.metrics), client.query(question))

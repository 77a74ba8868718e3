"""What a list of the report shows, whatever it lists."""

from typing import Any

from dashboard import questions
from dashboard.client import StatsClient
from dashboard.panels import Kind, Report
from dashboard.view import View
from dashboard.widgets.funnel import funnel_data
from dashboard.widgets.panel import values_data
from dashboard.widgets.ways import ways_data


def list_data(client: StatsClient, view: View, report: Report, search: str = "") -> dict[str, Any]:
    """Ask for a list.

    Args:
        client: asks for the reader.
        view: what is looked at.
        report: the list.
        search: a text that is looked for beyond the rows that the list has.

    Raises:
        StatsError: it cannot be answered.
    """
    match report.kind:
        case Kind.FUNNEL:
            return funnel_data(view, report, client.funnels(view.site.id, view.period.named))
        case Kind.WAYS | Kind.BEFORE | Kind.AFTER:
            return ways_data(view, report, client.transitions(view.site.id, view.period.named), search)
    question = questions.values(view, report)
    metrics = tuple(question.metrics)
    data = values_data(view, report, metrics, client.query(question))
    if search and data["longer"]:
        answer = client.query(questions.found(question, search))
        data |= {"search": search, "found": values_data(view, report, metrics, answer)["rows"]}
    return data

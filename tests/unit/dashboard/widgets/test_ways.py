"""Ways from page to page as a list."""

from dataclasses import replace
from datetime import date

import pytest

from appliance.stats.contract import Meta, Site, Transition, Transitions
from dashboard.filters import Filter
from dashboard.panels import Kind, Report
from dashboard.periods import Period
from dashboard.view import View
from dashboard.widgets.ways import ways_data

DAY = date(2026, 11, 23)
VIEW = View(Site("example.org", "UTC"), Period("day", DAY, DAY, includes_today=True))
ANSWER = Transitions(
    [Transition("/a", "/b", 5, 6, 12), Transition("/", "/a", 8, 9, 10), Transition("/b", "/", 5, 5, 5)],
    Meta("exact", "", includes_today=True),
)


@pytest.mark.parametrize(
    ("kind", "page", "names", "targets"),
    [
        (Kind.WAYS, "", ["/ → /a", "/a → /b", "/b → /"], ["/a", "/b", "/"]),
        (Kind.WAYS, "/a", ["/ → /a", "/a → /b"], [None, "/b"]),
        (Kind.BEFORE, "/a", ["/"], ["/"]),
        (Kind.AFTER, "/a", ["/b"], ["/b"]),
    ],
)
def test_ways_around_a_page(kind: Kind, page: str, names: list[str], targets: list[str | None]) -> None:
    view = replace(VIEW, filters=(Filter("is", "event:page", page),) if page else ())
    rows = ways_data(view, Report("All ways", "Way", "event:page", kind=kind), ANSWER)["rows"]
    assert [row["name"] for row in rows] == names
    assert [row["filter"] and row["filter"]["value"] for row in rows] == targets
    assert rows[0]["share"] == 1.0


def test_without_any_way_the_list_says_so() -> None:
    report = Report("All ways", "Way", "event:page", kind=Kind.WAYS)
    data = ways_data(VIEW, report, Transitions([], ANSWER.meta))
    assert data["notes"] == ["No way that enough visitors took is known."]

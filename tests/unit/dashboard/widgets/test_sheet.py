"""The report on paper says what it is of, cuts long lists and says things once."""

from datetime import date, datetime

from appliance.stats.contract import Site
from dashboard.filters import Filter
from dashboard.panels import Report
from dashboard.periods import Period
from dashboard.view import View
from dashboard.widgets.sheet import MOST_ROWS, foot_data, head_data, lists_data

DAY = date(2026, 11, 23)
PAGES = Report("Pages", "Page", "event:page")
ENTRIES = Report("Entry pages", "Entry page", "visit:entry_page")


def _list(rows: int, *notes: str) -> dict[str, object]:
    return {
        "columns": [{"label": "Page", "help": "x"}, {"label": "Visits", "wide": True}],
        "rows": [{"name": str(row), "filter": {"value": row}, "help": "x"} for row in range(rows)],
        "more": f"{rows:,}",
        "notes": list(notes),
    }


def test_the_head_names_period_filters_and_the_moment() -> None:
    view = View(
        Site("example.org", "UTC"),
        Period("day", DAY, DAY, includes_today=True),
        filters=(Filter("is_not", "visit:country", "DE"),),
    )
    head = head_data(view, datetime(2026, 11, 23, 9, 5))
    assert head["title"] == "Report of example.org"
    assert head["lines"] == [
        "23 Nov 2026, not over yet. Days are those of UTC.",
        "Only: Country is not Germany.",
        "Made on 23 November 2026 at 09:05.",
    ]


def test_a_long_list_is_cut_and_says_so_and_nothing_can_be_clicked() -> None:
    (shown,) = lists_data("Pages", [(PAGES, _list(1000))], set())["lists"]
    assert len(shown["rows"]) == MOST_ROWS
    assert shown["notes"] == ["The first 15 of 1,000; the file of everything has all."]
    assert {(row["filter"], row["help"]) for row in shown["rows"]} == {(None, "")}
    assert [column["label"] for column in shown["columns"]] == ["Page"]


def test_a_note_is_printed_once() -> None:
    said: set[str] = set()
    first = lists_data("Pages", [(PAGES, _list(1, "a", "b")), (ENTRIES, _list(1, "b"))], said)["lists"]
    assert [one["notes"] for one in first] == [["a", "b"], []]
    assert [one["title"] for one in first] == ["Pages", "Pages: Entry pages"]
    assert lists_data("Places", [(PAGES, _list(1, "a", "c"))], said)["lists"][0]["notes"] == ["c"]


def test_the_foot_says_what_is_missing_and_why() -> None:
    foot = foot_data(["visitors"], ["Links: Forms"], {"It would join three.": ["Devices", "Goals"]})
    assert foot["lines"] == ["Without an entry: Links: Forms.", "Not printed: Devices, Goals. It would join three."]
    assert foot["meanings"][0]["label"] == "Visitors"

"""A plain table as the element is told it."""

from dashboard.widgets.table import Button, Column, Line, table_data


def test_columns_lines_and_buttons_are_told() -> None:
    revoke = Button("Revoke", {"do": "revoke", "id": "1"}, "Really?")
    data = table_data(
        "Links",
        [Column("Name"), Column("Opened", "How often", is_number=True)],
        [Line(("board", "3"), (revoke,)), Line(("old", "0"), is_quiet=True)],
        empty="None.",
        notes=["n"],
        file="links.csv",
    )
    assert data["columns"][1] == {"label": "Opened", "help": "How often", "number": True}
    assert [line["cells"] for line in data["lines"]] == [("board", "3"), ("old", "0")]
    assert data["lines"][0]["buttons"] == [
        {"label": "Revoke", "action": {"do": "revoke", "id": "1"}, "question": "Really?"}
    ]
    assert (data["lines"][1]["quiet"], data["empty"], data["notes"], data["file"]) == (
        True,
        "None.",
        ["n"],
        "links.csv",
    )

"""Ways to take the report along: everything as one file, and a page to print."""

from typing import Any

from dashboard.element import element


def files(query: str) -> None:
    """Show the links.

    Args:
        query: the view as `view_address.query_of` writes it.
    """
    element("files", "files", files_data(query))


def files_data(query: str) -> dict[str, Any]:
    """What the element shows; addresses are below that of the dashboard or the shared link."""
    return {
        "links": [
            {
                "label": "Everything as CSV (ZIP)",
                "href": f"report.zip?{query}",
                "help": "Every list as a table, with all its rows and what each column means.",
            },
            {
                "label": "Print",
                "href": f"print?{query}",
                "help": "The whole report on one page without controls, to print or to save as PDF.",
            },
        ]
    }

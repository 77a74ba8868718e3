"""Name of the dashboard, heading of the page, and links to the pages that the reader may open."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from dashboard import address
from dashboard.element import element
from dashboard.page import Page
from dashboard.shell import TITLE


def navigation(pages: Sequence[Page], current: Page) -> None:
    """Show them."""
    view = address.of_view(has_site=current.has_site, has_period=current.has_period)
    element("navigation", "navigation", navigation_data(pages, current, view))


def navigation_data(pages: Sequence[Page], current: Page, view: dict[str, list[str]]) -> dict[str, Any]:
    """What the element shows. Site, period and filters travel along, so that the way back leads to the same view."""
    query = urlencode(view, doseq=True)
    lead_elsewhere = len(pages) > 1 or current not in pages
    return {
        "name": TITLE,
        "heading": current.title,
        "links": [
            {
                "title": page.title,
                "href": page.path + (f"?{query}" if query else ""),
                "current": page == current,
            }
            for page in pages
            if lead_elsewhere
        ],
    }

"""Reads our own elements on a page that `AppTest` runs."""

from typing import Any

import msgspec
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

Data = dict[str, Any]


def elements(page: AppTest, kind: str) -> list[Data]:
    """What the elements of a kind were told to show, in the order of the page."""
    found = [msgspec.json.decode(one.proto.bytes) for one in page.get("bidi_component")]
    return [data for data in found if data["kind"] == kind]


def element(page: AppTest, kind: str) -> Data:
    """The only element of a kind."""
    (found,) = elements(page, kind)
    return found


def numbers(page: AppTest) -> dict[str, str]:
    """Headline numbers by their label."""
    return {item["label"]: item["text"] for item in element(page, "headline")["items"]}


def card(page: AppTest, title: str) -> Data:
    """A card of the report."""
    return next(data for data in elements(page, "panel") if data["title"] == title)


def rows(page: AppTest, title: str) -> list[tuple[str, str]]:
    """Names and first numbers of a card's list."""
    return [(row["name"], row["cells"][0]) for row in card(page, title)["rows"]]


def open_page(page: AppTest, path: str) -> None:
    """Let the next run begin at a page's address."""
    page._page_hash = calc_hash(path or "report")


def see(page: AppTest, *titles: str) -> None:
    """Let cards come into sight, as the browser would say."""
    for title in titles:
        page.session_state[f"seen {title}"] = True

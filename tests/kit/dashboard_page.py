"""Reads the dashboard's page in a browser as a person would."""

from typing import cast

from playwright.sync_api import BrowserContext, Page, expect


def log_in(context: BrowserContext, address: str, name: str, password: str, page: Page | None = None) -> Page:
    """Open the dashboard in a page, a new one if none is given, fill in the form, send it."""
    page = page or context.new_page()
    page.goto(address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    return page


def headline(page: Page, label: str) -> str:
    """Text of a headline number."""
    return page.locator(".tile", has_text=label).locator(".value").first.inner_text()


def table(page: Page, name: str) -> list[list[str]]:
    """Names and first numbers of a list."""
    listed = page.get_by_role("table", name=name, exact=True)
    listed.first.evaluate("one => one.scrollIntoView()")  # once: Playwright gives up where it is drawn anew meanwhile
    rows = listed.first.locator("tbody tr")
    expect(rows).not_to_have_count(0)
    # In one step: a list that is drawn anew meanwhile would lose its rows between two.
    texts = "rows => rows.map(row => [row.querySelector('.name').innerText, row.querySelectorAll('td')[1].innerText])"
    return cast("list[list[str]]", rows.evaluate_all(texts))

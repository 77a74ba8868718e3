"""Reads the dashboard's page in a browser as a person would."""

from playwright.sync_api import BrowserContext, Page, expect


def log_in(context: BrowserContext, address: str, name: str, password: str) -> Page:
    """Open the dashboard, fill in the form, send it."""
    page = context.new_page()
    page.goto(address)
    page.get_by_label("Name").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    return page


def headline(page: Page, label: str) -> str:
    """Text of a headline number."""
    metric = page.get_by_test_id("stMetric").filter(has_text=label).get_by_test_id("stMetricValue")
    return metric.first.inner_text()


def table(page: Page, name: str) -> list[list[str]]:
    """Cells of a table as they stand in the grid's accessible copy."""
    region = page.get_by_role("region", name=name)
    expect(region.locator("canvas").first).to_be_visible()
    rows = region.locator("tbody tr")
    expect(rows).not_to_have_count(0)
    return [row.locator("td").all_inner_texts() for row in rows.all()]

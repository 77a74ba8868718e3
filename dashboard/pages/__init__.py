"""The pages of the dashboard, in the order of the navigation. To add one: a module here, and its line below."""

from dashboard.page import Page
from dashboard.pages import account, links, live, printed, privacy, quality, report, setup
from dashboard.rights import Right

PAGES: tuple[Page, ...] = (
    Page("", "Report", Right.NUMBERS, report.show, has_period=True),
    Page("live", "Live", Right.NUMBERS, live.show, takes_filters=False),
    Page("quality", "Data quality", Right.QUALITY, quality.show),
    Page("setup", "Set-up", Right.SETUP, setup.show),
    Page("privacy", "Privacy", Right.PRIVACY, privacy.show, has_site=False),
    Page("links", "Shared links", Right.LINKS, links.show),
    Page("print", "Print", Right.NUMBERS, printed.show, has_period=True, is_linked=False),
    Page("account", "Account", None, account.show, has_site=False, is_linked=False),
)

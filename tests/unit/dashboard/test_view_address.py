"""A view goes into an address and comes back."""

from datetime import date
from urllib.parse import parse_qs

import pytest

from appliance.stats.contract import Site
from dashboard.filters import Filter
from dashboard.periods import Choice, Comparison, comparison, period
from dashboard.view import View
from dashboard.view_address import query_of, view_of
from tests.unit.dashboard.test_periods import TODAY

SITE = Site("a.example", "UTC")
GOOGLE = Filter("is", "visit:source", "Google & Söhne, +1")


@pytest.mark.parametrize("choice", list(Choice))
@pytest.mark.parametrize("compare", list(Comparison))
def test_every_view_comes_back_as_it_went(choice: Choice, compare: Comparison) -> None:
    chosen = period(choice, TODAY, (date(2026, 11, 2), date(2026, 11, 9)))
    view = View(SITE, chosen, comparison(compare, chosen), (GOOGLE,), interval="Days", series="visits")
    back = view_of(parse_qs(query_of(view, TODAY)), SITE, TODAY)
    assert (back.period, back.compare, back.filters) == (view.period, view.compare, view.filters)
    assert (back.shown_interval, back.shown_series) == (view.shown_interval, view.shown_series)


def test_a_lock_does_not_travel_and_cannot_be_left_behind() -> None:
    chosen = period(Choice.TODAY, TODAY)
    view = View(SITE, chosen, filters=(GOOGLE, Filter("is", "event:page", "/")), locked=(GOOGLE,))
    query = query_of(view, TODAY)
    assert "Google" not in query
    assert view_of(parse_qs(query), SITE, TODAY, (GOOGLE,)).filters == view.filters


def test_nonsense_means_what_is_usual() -> None:
    texts = {"period": ["<x>"], "days": ["2026-13-01", "x"], "compare": ["y"], "by": ["z"], "f": ["drop"]}
    view = view_of(texts, SITE, TODAY)
    assert (view.period, view.compare, view.filters, view.shown_interval) == (
        period(Choice.TODAY, TODAY),
        None,
        (),
        "Hours",
    )

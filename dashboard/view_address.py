"""A view as the query of an address, in the form of the report's own address, and back. Pure.

What stands in an address is anybody's text: what makes no sense there means what is usual.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from urllib.parse import urlencode

from appliance.stats.contract import Site
from dashboard import filters, periods
from dashboard.filters import Filter
from dashboard.periods import Choice, Comparison, Period
from dashboard.view import View

Texts = Mapping[str, Sequence[str]]


def query_of(view: View, today: date) -> str:
    """The address's query with everything that the view holds; locked filters come from the link, not from there.

    Args:
        view: what is looked at.
        today: the site's current day.
    """
    choice = next((one for one in Choice if periods.period(one, today) == view.period), Choice.CUSTOM)
    pairs = [("site", view.site.id), ("period", choice.value)]
    if choice is Choice.CUSTOM and view.period.first:
        pairs += [("days", day.isoformat()) for day in (view.period.first, view.period.last)]
    pairs.append(("compare", periods.name_of(view.compare).value))
    pairs += [(filters.PARAMETER, one.text) for one in view.filters if one not in view.locked]
    pairs += [("by", view.shown_interval), ("series", view.shown_series)]
    return urlencode(pairs)


def view_of(texts: Texts, site: Site, today: date, only: tuple[Filter, ...] = ()) -> View:
    """The view of an address.

    Args:
        texts: of the address by their names.
        site: which one is looked at.
        today: the site's current day.
        only: filters that always hold.
    """
    period = _period(texts, today)
    named = _first(texts, "compare")
    compare = Comparison(named) if named in list(Comparison) else Comparison.NONE
    return View(
        site,
        period,
        periods.comparison(compare, period),
        filters.read([*(one.text for one in only), *texts.get(filters.PARAMETER, ())]),
        interval=_first(texts, "by"),
        series=_first(texts, "series"),
        locked=only,
    )


def _period(texts: Texts, today: date) -> Period:
    named = _first(texts, "period")
    choice = Choice(named) if named in list(Choice) else Choice.TODAY
    try:
        first, last = sorted(date.fromisoformat(text) for text in texts.get("days", ()))
    except ValueError:
        return periods.period(choice, today)
    return periods.period(choice, today, (first, last))


def _first(texts: Texts, name: str) -> str:
    return next(iter(texts.get(name, ())), "")

"""The part of the view that our own elements change: filters, interval and series, kept in the address."""

import time
from dataclasses import dataclass

import streamlit as st

from dashboard import filters
from dashboard.element import Action
from dashboard.filters import Filter
from dashboard.page import Opened
from dashboard.view import View

INTERVAL = "by"
SERIES = "series"
_OF_PERIOD = ("period", "days", "compare", filters.PARAMETER, INTERVAL, SERIES)
_ASK_AGAIN = "whole page again"
_REMEMBERED = "view"
_WRITTEN = "written to the address"
_ON_ITS_WAY_SECONDS = 1.5


@dataclass(frozen=True)
class Written:
    """A change of the address that the browser may not know yet."""

    before: list[str]
    after: list[str]
    at: float
    """By the machine's uptime."""


def read_filters(locked: tuple[Filter, ...] = ()) -> tuple[Filter, ...]:
    """Filters of the address, behind those that always hold; together they stay within two attributes."""
    return filters.read([*(one.text for one in locked), *_texts(filters.PARAMETER)])


def view(opened: Opened) -> View:
    """What a page with a period looks at."""
    if opened.period is None:
        raise ValueError("the page is registered with a period")
    kept = read_filters(opened.reader.only)
    return View(
        *(opened.site, opened.period, opened.compare, kept),
        interval=read(INTERVAL),
        series=read(SERIES),
        locked=opened.reader.only,
        left_out=filters.left_out(st.query_params.get_all(filters.PARAMETER), kept),
    )


def read(name: str) -> str:
    """A single text of the address."""
    texts = _texts(name)
    return texts[-1] if texts else ""


def of_view(*, has_site: bool, has_period: bool) -> dict[str, list[str]]:
    """What of the address goes along to other pages; what this page has no pickers for is as it was on the last."""
    own = (*(("site",) if has_site else ()), *(_OF_PERIOD if has_period else ()))
    remembered: dict[str, list[str]] = st.session_state.get(_REMEMBERED, {})
    kept = {name: texts for name, texts in remembered.items() if name not in own}
    given = {name: texts for name in ("site", *_OF_PERIOD) if (texts := _texts(name))}
    st.session_state[_REMEMBERED] = kept | given
    return kept | given


def remembered_filters() -> tuple[Filter, ...]:
    """Filters of the view that the reader had last."""
    view: dict[str, list[str]] = st.session_state.get(_REMEMBERED, {})
    return filters.read(view.get(filters.PARAMETER, []))


def apply(action: Action) -> bool:
    """Do what the reader asked for, if it is about the view; the whole page has to run again then.

    The browser sends actions: one that makes no sense changes nothing.
    """
    known = read_filters()
    match action:
        case {"do": "filter", "operator": str(operator), "attribute": str(attribute), "value": str(value)}:
            _write(filters.added(known, Filter(operator, attribute, value)))
        case {"do": "remove", "filter": str(text)}:
            _write(tuple(one for one in known if one.text != text))
        case {"do": "clear"}:
            _write(())
        case {"do": "interval", "value": str(value)}:
            _set(INTERVAL, [value])
        case {"do": "series", "value": str(value)}:
            _set(SERIES, [value])
        case _:
            return False
    st.session_state[_ASK_AGAIN] = True
    return True


def run_again_if_changed() -> None:
    """Called at the start of a fragment, because an action changes more than the fragment it came from."""
    if st.session_state.pop(_ASK_AGAIN, False):
        st.rerun()


def settled() -> None:
    """Called by a run of the whole page: it has what was changed."""
    st.session_state.pop(_ASK_AGAIN, None)


def _write(kept: tuple[Filter, ...]) -> None:
    texts = [one.text for one in filters.read(one.text for one in kept)]
    _set(filters.PARAMETER, texts)


def _set(name: str, texts: list[str]) -> None:
    written = Written(st.query_params.get_all(name), texts, time.monotonic())
    st.session_state[_WRITTEN] = st.session_state.get(_WRITTEN, {}) | {name: written}
    st.query_params[name] = texts


def _texts(name: str) -> list[str]:
    """What stands in the address. A card that asks for its numbers while a filter is being set sends the address of
    before, which must not take the filter away again.
    """
    given = st.query_params.get_all(name)
    written: Written | None = st.session_state.get(_WRITTEN, {}).get(name)
    if written and given == written.before and time.monotonic() - written.at < _ON_ITS_WAY_SECONDS:
        st.query_params[name] = written.after
        return written.after
    return given

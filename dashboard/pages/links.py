"""Shared links of a site: making, listing and ending them."""

import sqlite3
from urllib.parse import urlsplit

import streamlit as st

from dashboard import address, state
from dashboard.element import Action
from dashboard.filters import Filter
from dashboard.page import Opened
from dashboard.panels import attribute_name, display_name
from dashboard.rights import Right
from dashboard.sharing.address import EMBEDDED, SHARED, LinkAddress
from dashboard.sharing.links import LONGEST_LABEL, Link, LinkError
from dashboard.widgets.moment import moment
from dashboard.widgets.table import Button, Column, Line, table

_DAY_SECONDS = 86_400
_ENDS: dict[str, int | None] = {
    "After 90 days": 90 * _DAY_SECONDS,
    "After 7 days": 7 * _DAY_SECONDS,
    "After 30 days": 30 * _DAY_SECONDS,
    "After a year": 365 * _DAY_SECONDS,
    "Never": None,
}
_MADE = "link just made"
_REFUSED = "link refused"
_QUESTION = "End this link? Whoever has it sees nothing any more, at once."
_COLUMNS = (
    Column("Name"),
    Column("Shows"),
    Column("Password"),
    Column("Made by"),
    Column("Made"),
    Column("Ends"),
)
_NOTES = (
    "Whoever has the address of a link sees the report without a login, and can change nothing.",
    "An address is shown once, when its link is made; only a hash of it is kept.",
)


def show(opened: Opened) -> None:
    """Draw the page."""
    _show_form(opened)
    _show_made()
    links = [link for link in state.links().all() if link.site == opened.site.id]
    lines = [Line(_cells(link), (Button("End", {"do": "end", "link": link.id}, _QUESTION),)) for link in links]
    table("links", "Shared links", _COLUMNS, lines, act, empty="None yet.", notes=_NOTES)


def act(action: Action) -> None:
    """End a link. The browser sends its id: whether the reader may is asked again."""
    reader = state.reader()
    match action:
        case {"do": "end", "link": str(link)} if reader is not None:
            if any(one.id == link and reader.may(Right.LINKS, one.site) for one in state.links().all()):
                state.links().end(link)


def _show_form(opened: Opened) -> None:
    only = address.remembered_filters()
    with st.container(border=True, key="panel-new-link"), st.form("new-link", clear_on_submit=True, border=False):
        st.subheader("Share the report", anchor=False)
        name, password, ends = st.columns([2, 2, 1])
        with name:
            st.text_input("Name", key="link label", max_chars=LONGEST_LABEL, placeholder="Who gets it, what for")
        with password:
            st.text_input(
                "Password, if it needs one", key="link password", type="password", autocomplete="new-password"
            )
        with ends:
            st.selectbox("Ends", list(_ENDS), key="link ends")
        if only:
            st.checkbox("Only what the report is filtered to", key="link locked")
        st.text(_words(only) if only else "To lock a link to a filter, set the filter in the report and come back.")
        st.form_submit_button("Make link", on_click=create, args=(opened.site.id, only))
    if refused := st.session_state.pop(_REFUSED, ""):
        with st.container(key="warnings"):
            st.warning("No link was made.")
            st.text(refused)


def create(site: str, only: tuple[Filter, ...]) -> None:
    """Make a link of what was filled in, for a site of which the reader may."""
    reader, given = state.reader(), st.session_state
    if reader is None or not reader.may(Right.LINKS, site):
        return
    try:
        token = state.links().create(
            site,
            given.get("link label", ""),
            reader.name,
            only if given.get("link locked") else (),
            given.get("link password", ""),
            _ENDS.get(given.get("link ends", ""), _DAY_SECONDS),
        )
    except LinkError as error:
        given[_REFUSED] = str(error)
    except sqlite3.Error:
        given[_REFUSED] = "It cannot be kept just now; the disk may be full."
    else:
        given[_MADE] = (token, bool(given.get("link password")))


def _show_made() -> None:
    made = st.session_state.pop(_MADE, None)
    if made is None:
        return
    token, has_password = made
    here = urlsplit(st.context.url or "")
    origin = f"{here.scheme}://{here.netloc}"
    with st.container(border=True, key="panel-made"):
        st.subheader("The link is made: copy it now, it is not shown again", anchor=False)
        st.code(origin + LinkAddress(SHARED, token).base, language=None, wrap_lines=True)
        if state.embed_origins() and not has_password:
            st.text("Or show it inside a page of the configured origins:")
            source = origin + LinkAddress(EMBEDDED, token).base
            st.code(
                f'<iframe src="{source}" width="100%" height="1400" title="Statistics"></iframe>',
                language=None,
                wrap_lines=True,
            )


def _cells(link: Link) -> tuple[str, ...]:
    return (
        link.label,
        _words(link.only) if link.only else "Everything",
        "Yes" if link.password_hash else "No",
        link.created_by,
        moment(link.created_at),
        moment(link.ends_at) if link.ends_at else "Never",
    )


def _words(only: tuple[Filter, ...]) -> str:
    words = {"is": "is", "is_not": "is not"}
    return ", ".join(
        f"{attribute_name(one.attribute).capitalize()} {words[one.operator]} {display_name(one.attribute, one.value)}"
        for one in only
    )

"""How a site is set up: the tag with its options, whether hits arrive, and goals and properties as configured."""

import html
from collections.abc import Mapping, Sequence

import streamlit as st

from appliance.stats.quality_contract import GoalSetup, Quality, SiteSetup
from dashboard import definitions, guard, state
from dashboard.client import StatsError
from dashboard.page import Opened
from dashboard.rights import Right
from dashboard.widgets import notes
from dashboard.widgets.table import Column, Line, table

CHECK_SECONDS = 3.0
_OPTIONS = (
    ("data-outbound-links", "data-file-downloads", "data-form-submissions", "data-tagged-events"),
    ("data-hash", "data-manual", "data-404"),
)
"""Of the full build, in two columns."""
_FROM = "hits when the page was opened"


def show(opened: Opened) -> None:
    """Draw the page."""
    site = opened.site.id
    try:
        found = state.client().setup(site)
    except StatsError as error:
        notes.unavailable(error)
        return
    _show_tag(site)
    st.fragment(_show_check, run_every=CHECK_SECONDS)(site)
    _show_configuration(found)


def _show_tag(site: str) -> None:
    with st.container(border=True, key="panel-tag"):
        st.subheader("The tag", anchor=False)
        st.text("Put this into the head of each page.")
        chosen = []
        for column, names in zip(st.columns(2), _OPTIONS, strict=True):
            with column:
                chosen += [name for name in names if _is_chosen(name)]
        st.text_input(
            "Where browsers reach the collector, if not under the site's own address",
            key="tag origin",
            max_chars=200,
            placeholder="https://stats.example.org",
        )
        patterns = _patterns()
        origin = str(st.session_state.get("tag origin", ""))
        st.code(tag(site, chosen, origin, patterns), language=None, wrap_lines=True)


def _is_chosen(name: str) -> bool:
    match name:
        case "data-outbound-links":
            return st.checkbox("Links to other hosts", key="tag outbound")
        case "data-file-downloads":
            return st.checkbox("Downloads", key="tag downloads")
        case "data-form-submissions":
            return st.checkbox("Forms", key="tag forms")
        case "data-tagged-events":
            return st.checkbox("Tagged elements", key="tag tagged")
        case "data-hash":
            return st.checkbox("Pages behind # in the address", key="tag hash")
        case "data-manual":
            return st.checkbox("No pageviews by itself", key="tag manual")
        case _:
            return st.checkbox("This is the error page", key="tag missing")


def _patterns() -> dict[str, str]:
    first, second, third = st.columns(3)
    with first:
        left_out = st.text_input("Pages that send nothing", key="tag exclude", max_chars=200, placeholder="/app/*")
    with second:
        alone = st.text_input("Only these pages send", key="tag include", max_chars=200, placeholder="/blog/*")
    with third:
        masked = st.text_input("Sent as their pattern", key="tag mask", max_chars=200, placeholder="/user/*")
    return {"data-exclude": left_out, "data-include": alone, "data-mask": masked}


def tag(site: str, options: Sequence[str], origin: str, patterns: Mapping[str, str]) -> str:
    """The tag. Options and patterns of pages take the full build.

    >>> tag("a.example", [], "", {})
    '<script defer data-domain="a.example" src="/js/script.js"></script>'
    """
    attributes = "".join(f" {name}" for name in options)
    attributes += "".join(
        f' {name}="{html.escape(pattern.strip())}"' for name, pattern in patterns.items() if pattern.strip()
    )
    build = "script.full.js" if attributes else "script.js"
    source = html.escape(origin.strip().rstrip("/") + f"/js/{build}")
    return f'<script defer data-domain="{html.escape(site)}"{attributes} src="{source}"></script>'


def _show_check(site: str) -> None:
    if not guard.may_see(Right.QUALITY, site):
        return
    try:
        found = state.client().quality(site)
    except StatsError as error:
        notes.unavailable(error)
        return
    counted, others = _today(found)
    begun: dict[str, tuple[int, int]] = st.session_state.setdefault(_FROM, {})
    before = begun.setdefault(site, (counted, others))
    last = next((one.hour for one in found.last_hits if one.site == site), "")
    lines = [
        _line(definitions.SINCE_OPENED, f"{counted - before[0]:,} counted, {others - before[1]:,} not counted"),
        _line(definitions.SINCE_MIDNIGHT, f"{counted:,} counted, {others:,} not counted"),
        _line(definitions.LAST_HIT, f"in the hour from {last}" if last else "None of what is kept"),
    ]
    arrived = counted > before[0]
    head = "Hits arrive" if arrived else "Open a page of the site: its hit shows up here within seconds"
    shown = () if arrived or others == before[1] else ("Hits arrive and are not counted: Data quality says why.",)
    table("check", head, (Column("What"), Column("State")), lines, notes=shown)


def _line(figure: str, state: str) -> Line:
    return Line((figure, state), help=definitions.FIGURES[figure])


def _today(found: Quality) -> tuple[int, int]:
    counted = sum(one.hits for one in found.hours if one.outcome == "accepted")
    return counted, sum(one.hits for one in found.hours) - counted


def _show_configuration(found: SiteSetup) -> None:
    lines = [
        Line(("Time zone", found.timezone)),
        Line(("Hosts whose pages count", ", ".join(found.hostnames))),
        Line(("Declared pages", ", ".join(found.pages) or "None: a page is shown from k visitors a day on")),
        Line(("Sitemap", found.sitemap or "None")),
    ]
    said = "Change it in the configuration under [[sites]], then: appliance reload"
    table("configured", "The site as configured", (Column("What"), Column("State")), lines, notes=(said,))
    _show_list("goals", "Goals", ("Goal", "Reached by"), found.goals)
    _show_list("funnels", "Funnels", ("Funnel", "Steps"), found.funnels)
    _show_list("properties", "Properties", ("Property", "Public values"), found.properties)
    _show_list("shields", "Shields", ("Shield", "Not counted"), found.shields)


def _show_list(key: str, title: str, columns: tuple[str, str], found: Sequence[GoalSetup]) -> None:
    lines = [Line((one.name, one.reached_by)) for one in found]
    table(key, title, tuple(Column(label) for label in columns), lines, empty="None configured.")

"""What became of hits, over time and by reason, and why one is not counted."""

from collections import Counter
from datetime import date, timedelta

import streamlit as st

from appliance.stats.contract import TimeDimension
from appliance.stats.quality_contract import OutcomeCount, Quality, TrialHit, TrialVerdict
from dashboard import definitions, guard, moments, state
from dashboard.client import StatsError
from dashboard.page import Opened
from dashboard.rights import Right
from dashboard.widgets import notes
from dashboard.widgets.bars import Bar, bars
from dashboard.widgets.table import Column, Line, table

REFRESH_SECONDS = 15.0
_DAYS = 30
_OF_VISITORS = frozenset({"gpc", "dnt", "opted_out", "no_consent"})
_PARTS: tuple[tuple[str, frozenset[str]], ...] = (
    (definitions.COUNTED, frozenset({"accepted"})),
    (definitions.ROBOTS, frozenset({"bot", "prefetch", "duplicate", "no_visit"})),
    (definitions.REFUSED, _OF_VISITORS),
)
_NAMES = (*(name for name, _ in _PARTS), definitions.TO_BE_LOOKED_AT)
_HELPS = tuple(definitions.FIGURES[name] for name in _NAMES)
_VERDICT = "verdict of the trial"
_HITS_OF = "Hits that arrived {} and had this outcome."
_SPANS = (("Today", "today"), ("7 days", "today and on the six days before"), ("30 days", "in the last 30 days"))
_REFUSALS = "Refusals have no hour: of them only numbers of the day are kept."
_LOST = "counts could not be stored and were set aside: the log of the appliance says why"


def show(opened: Opened) -> None:
    """Draw the page."""
    st.fragment(_show_counts, run_every=REFRESH_SECONDS)(opened.site.id, opened.today)
    _show_trial(opened.site.id)


def _show_counts(site: str, today: date) -> None:
    if not guard.may_see(Right.QUALITY, site):
        return
    try:
        found = state.client().quality(site)
    except StatsError as error:
        notes.unavailable(error)
        return
    _show_days(found, today)
    _show_reasons(found, today)
    _show_state(found)
    if found.of_no_site:
        _show_strangers(found)


def _show_days(found: Quality, today: date) -> None:
    days = [today - timedelta(days=_DAYS - 1 - step) for step in range(_DAYS)]
    shown = [
        Bar(
            moments.short_name(day.isoformat(), TimeDimension.DAY),
            moments.long_name(day.isoformat(), TimeDimension.DAY),
            _by_part([one for one in found.days if one.label == day.isoformat()]),
        )
        for day in days
    ]
    title, file = f"What became of hits, last {_DAYS} days", f"{found.site}-outcomes.csv"
    bars("outcomes", title, "Day", _NAMES, shown, helps=_HELPS, file=file)


def _by_part(counts: list[OutcomeCount]) -> tuple[int, ...]:
    known = [sum(one.hits for one in counts if one.outcome in outcomes) for _, outcomes in _PARTS]
    return (*known, sum(one.hits for one in counts) - sum(known))


def _show_reasons(found: Quality, today: date) -> None:
    week = (today - timedelta(days=6)).isoformat()
    of_today = _sums([one for one in found.days if one.label == today.isoformat()])
    of_week = _sums([one for one in found.days if one.label >= week])
    of_month = _sums(found.days)
    all_hits = sum(of_month.values())
    columns = (
        *(Column("Outcome"), Column("Means"), Column("Decided by")),
        *(Column(label, _HITS_OF.format(days), is_number=True) for label, days in _SPANS),
        Column("Share", definitions.FIGURES[definitions.SHARE_OF_HITS], is_number=True),
    )
    lines = [
        Line(
            (
                *(one.outcome, one.meaning, one.decided_by or "–"),
                *(f"{sums[one.outcome]:,}" for sums in (of_today, of_week, of_month)),
                f"{of_month[one.outcome] / all_hits:.1%}",
            ),
            is_quiet=one.outcome == "accepted",
        )
        for one in sorted(found.meanings, key=lambda one: -of_month[one.outcome])
        if of_month[one.outcome]
    ]
    table(
        *("reasons", "By reason", columns, lines),
        empty="No hit has arrived in the last 30 days.",
        notes=[_REFUSALS],
        file=f"{found.site}-reasons.csv",
    )
    _show_hours(found, today)


def _show_hours(found: Quality, today: date) -> None:
    """All hours of the day up to the last with a hit; refusals, which have none, are left out."""
    counted = [one for one in found.hours if one.outcome not in _OF_VISITORS]
    last = max((int(one.label[11:13]) for one in counted), default=-1)
    labels = [f"{today.isoformat()} {hour:02d}:00" for hour in range(last + 1)]
    shown = [Bar(label[11:], label, _by_part([one for one in counted if one.label == label])) for label in labels]
    if shown:
        file = f"{found.site}-hours.csv"
        bars("hours", "Today by hour", "Hour", _NAMES, shown, helps=_HELPS, file=file, height=150)


def _sums(counts: list[OutcomeCount]) -> Counter[str]:
    sums: Counter[str] = Counter()
    for one in counts:
        sums[one.outcome] += one.hits
    return sums


def _show_state(found: Quality) -> None:
    last = [Line((one.site, one.hour or "None of what is kept")) for one in found.last_hits]
    hour = Column("In the hour from, by its clock", definitions.FIGURES[definitions.LAST_HIT])
    table("last-hits", definitions.LAST_HIT, (Column("Site"), hour), last)
    backlog = found.backlog
    if backlog is None:
        waiting = [Line(("Queue", "Redis is away: hits are refused with 503 and come again."))]
    else:
        age = f"the oldest for {backlog.oldest_seconds:.0f} s" if backlog.oldest_seconds else "nothing waits"
        waiting = [
            _explained(definitions.TO_BE_COUNTED, f"{backlog.events:,}"),
            _explained(definitions.TO_BE_WRITTEN, f"{backlog.facts:,}"),
            _explained(definitions.WAITING, age),
        ]
        if backlog.set_aside:
            waiting.append(_explained(definitions.SET_ASIDE, f"{backlog.set_aside:,} {_LOST}"))
    table("backlog", "Backlog of all sites", (Column("What"), Column("State")), waiting)


def _explained(name: str, text: str) -> Line:
    return Line((name, text), help=definitions.FIGURES[name])


def _show_strangers(found: Quality) -> None:
    sums = _sums(found.of_no_site)
    means = {one.outcome: one.meaning for one in found.meanings}
    columns = (Column("Outcome"), Column("Means"), Column("30 days", _HITS_OF.format(_SPANS[-1][1]), is_number=True))
    lines = [Line((name, means.get(name, ""), f"{hits:,}")) for name, hits in sums.most_common()]
    table("strangers", "Hits of no configured site", columns, lines, notes=["Names of sites are not kept."])


def _show_trial(site: str) -> None:
    with st.container(border=True, key="panel-trial"), st.form("trial", border=False):
        st.subheader("Why is my hit not counted?", anchor=False)
        st.text("Describe a hit and see what would become of it. It is tried as real ones are, and nothing is kept.")
        page, referrer = st.columns(2)
        with page:
            st.text_input("Address of the page", value=f"https://{site}/", key="trial url", max_chars=2000)
        with referrer:
            st.text_input("Came from", key="trial referrer", max_chars=2000, placeholder="https://www.google.com/")
        agent, address, event = st.columns([3, 2, 1])
        with agent:
            st.text_input("User agent", value=_own_agent(), key="trial agent", max_chars=1000)
        with address:
            st.text_input("Network address", key="trial address", max_chars=45, placeholder="203.0.113.7")
        with event:
            st.text_input("Event", value="pageview", key="trial event", max_chars=120)
        for name, column in zip(("gpc", "dnt", "opted_out", "prefetch"), st.columns(4), strict=True):
            with column:
                _checkbox(name)
        st.form_submit_button("Try it", on_click=try_hit, args=(site,))
    verdict = st.session_state.get(_VERDICT)
    if isinstance(verdict, TrialVerdict):
        _show_verdict(verdict)
    elif isinstance(verdict, str):
        with st.container(key="warnings"):
            st.warning("The hit could not be tried.")
            st.text(verdict)


def _checkbox(name: str) -> None:
    match name:
        case "gpc":
            st.checkbox("Sends Global Privacy Control", key="trial gpc")
        case "dnt":
            st.checkbox("Sends Do Not Track", key="trial dnt")
        case "opted_out":
            st.checkbox("Has opted out", key="trial opted_out")
        case _:
            st.checkbox("Fetched ahead of time", key="trial prefetch")


def _own_agent() -> str:
    return str(st.context.headers.get("User-Agent", ""))


def try_hit(site: str) -> None:
    """Have what was filled in tried; the stats API decides whether the reader may."""
    given = st.session_state
    hit = TrialHit(
        site,
        given.get("trial url", ""),
        given.get("trial event", ""),
        given.get("trial referrer", ""),
        given.get("trial agent", ""),
        given.get("trial address", "").strip(),
        **{name: bool(given.get(f"trial {name}")) for name in ("gpc", "dnt", "opted_out", "prefetch")},
    )
    try:
        given[_VERDICT] = state.client().try_hit(hit)
    except StatsError as error:
        given[_VERDICT] = str(error)


def _show_verdict(verdict: TrialVerdict) -> None:
    is_counted = verdict.outcome == "accepted"
    head = "It would be counted" if is_counted else f"It would not be counted: {verdict.outcome}"
    lines = [Line(("Why", verdict.meaning))]
    if verdict.decided_by:
        lines.append(Line(("Decided by", verdict.decided_by)))
    lines += [Line((one.name, one.value)) for one in verdict.counted]
    table("verdict", head, (Column("What"), Column("State")), lines, notes=verdict.details)

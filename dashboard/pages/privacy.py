"""For data protection officers: what is kept, why, how long, and the evidence. No number of visitors."""

from collections.abc import Sequence

import streamlit as st

from appliance.stats.privacy_contract import ChainVerdict, PrivacyFacts
from dashboard import definitions, state
from dashboard.client import StatsError
from dashboard.page import Opened
from dashboard.widgets import notes
from dashboard.widgets.moment import moment
from dashboard.widgets.table import Column, Line, table

_VERDICT = "verdict of the chain"
_DOWNLOADS = (
    '<a class="button" href="/download/privacy.json" download>Everything as JSON</a> '
    '<a class="button" href="/download/evidence.jsonl" download>Evidence log</a>'
)
_OF_SOME = (
    "What concerns your sites and the appliance as a whole. Rows of tables are counted for all sites together only."
)
_NO_KEY = "Ages only, never a key. The evidence has a commitment of each, from which the key cannot be found."
_HEAD = "Note the head of the chain elsewhere: then nobody can write the log anew without being seen."


def show(opened: Opened) -> None:
    """Draw the page."""
    try:
        facts = state.client().privacy_facts()
    except StatsError as error:
        notes.unavailable(error)
        return
    _show_glance(facts)
    _show_relaxed(facts)
    _show_promises(facts)
    _show_holdings(facts)
    _show_deletion(facts)
    _show_days(facts)
    _show_people(opened)
    _show_evidence(facts)


def _show_glance(facts: PrivacyFacts) -> None:
    overdue = sum(one.is_overdue for one in facts.relaxed)
    last = facts.runs[0] if facts.runs else None
    alive = [one for one in facts.keys if one.destroyed_at is None]
    oldest = min((one.created_at for one in alive), default=None)
    relaxed = f"{len(facts.relaxed)} relaxed" if facts.relaxed else "None is relaxed"
    lines = (
        (definitions.RELAXED, relaxed + (f", {overdue} to be reviewed" if overdue else "")),
        ("Last deletion", f"{moment(last.at)}. {last.said}" if last else "Has not run yet."),
        ("Next deletion", moment(facts.next_run_at) if facts.next_run_at > facts.as_of else "As soon as possible"),
        (
            definitions.LIVE_KEYS,
            f"{len(alive)} live, the oldest {_age(facts.as_of - oldest)}" if oldest else "None lives",
        ),
        (definitions.ENTRIES, f"{facts.n_entries:,} entries"),
    )
    if facts.problem:
        with st.container(key="warnings"):
            st.warning("Old data could not be deleted.")
            st.text(facts.problem)
    shown = () if facts.is_of_all_sites else (_OF_SOME,)
    table(
        "glance",
        "At a glance",
        (Column("What"), Column("State")),
        [Line(line, help=definitions.FIGURES.get(line[0], "")) for line in lines],
        notes=shown,
    )
    st.html(_DOWNLOADS)


def _show_relaxed(facts: PrivacyFacts) -> None:
    columns = _columns("Setting", "What it means", "Reason", "Approved by", "Review by")
    lines = [
        (one.setting, one.meaning, one.reason, one.approved_by or "–", _review(one.review_by, is_due=one.is_overdue))
        for one in facts.relaxed
    ]
    _table("relaxed", "Relaxed defaults", columns, lines, empty="None: every default holds.")


def _review(day: str, *, is_due: bool) -> str:
    return f"{day or '–'}{' (due)' if is_due else ''}"


def _show_promises(facts: PrivacyFacts) -> None:
    lines = [
        (f"{one.section}.{one.key}", one.value, one.meaning + (" Relaxed." if one.is_relaxed else ""))
        for one in facts.promises
    ]
    _table("promises", "What is counted, and for how long", _columns("Setting", "Value", "What it means"), lines)


def _show_holdings(facts: PrivacyFacts) -> None:
    columns = (*_columns("Where", "Name", "What", "Why", "Until"), _figure(definitions.ROWS))
    lines = [
        (one.store, one.name, one.holds, one.why, one.until, "" if one.rows is None else f"{one.rows:,}")
        for one in facts.holdings
    ]
    _table("holdings", "What is where, why and until when", columns, lines)


def _show_deletion(facts: PrivacyFacts) -> None:
    if facts.limits:
        columns = (*_columns("Kind", "Sites", "Limit", "Kept from"), _figure(definitions.ROWS_TO_GO))
        lines = [(one.kind, one.sites, one.limit, one.first_kept, f"{one.rows:,}") for one in facts.limits]
        _table("limits", "What the next deletion does", columns, lines)
    runs = [(moment(one.at), "Done" if one.went_well else "Failed", one.said) for one in facts.runs]
    _table("runs", "Deletions", _columns("When", "How", "What"), runs, empty="None has run yet.")


def _show_days(facts: PrivacyFacts) -> None:
    closes = [(one.site, one.day, moment(one.at)) for one in facts.closes]
    _table("closes", "Last closed days", _columns("Site", "Day", "Closed"), closes, empty="No day was closed yet.")
    keys = [
        (
            *(one.site, one.day, moment(one.created_at)),
            moment(one.destroyed_at) if one.destroyed_at else "Lives",
            _age((one.destroyed_at or facts.as_of) - one.created_at),
        )
        for one in facts.keys
    ]
    columns = (*_columns("Site", "Day", "Made", "Destroyed"), _figure(definitions.KEY_AGE, is_number=False))
    _table("keys", "Keys of days", columns, keys, empty="No day had a key yet.", more=(_NO_KEY,))


def _show_people(opened: Opened) -> None:
    """Who may look at which site: people, and whoever has a shared link."""
    known = {site.id for site in opened.sites}
    lines = [
        ("Person", user.name, role.value, ", ".join(sites), "–")
        for user in state.people()
        for role, sites in user.roles
        if known & set(sites) or "*" in sites
    ]
    for link in state.links().all():
        if link.site in known:
            guarded = "shared link with password" if link.password_hash else "shared link"
            ends = moment(link.ends_at) if link.ends_at else "Never"
            lines.append(("Link", link.label, guarded, link.site, ends))
    _table("people", "Who may look", _columns("What", "Name", "As", "Sites", "Ends"), lines, empty="Nobody.")


def _show_evidence(facts: PrivacyFacts) -> None:
    with st.container(border=True, key="panel-chain"):
        st.subheader("The chain of the evidence", anchor=False)
        st.button("Check every line now", key="check", on_click=_check)
        verdict: ChainVerdict | None = st.session_state.get(_VERDICT)
        if verdict is not None:
            for sentence in _verdict(verdict):
                st.text(sentence)
    lines = [
        (moment(one.at), one.kind, one.meaning, one.site or "–", one.day or "–", one.facts) for one in facts.entries
    ]
    columns = _columns("When", "Entry", "What it means", "Site", "Day", "Facts")
    left_out = facts.n_entries - len(lines)
    more = (f"The last {len(lines)} of {facts.n_entries:,}; the download has all.",) if left_out > 0 else ()
    _table("evidence", "Evidence", columns, lines, empty="Nothing yet.", more=more)


def _check() -> None:
    """Have the chain walked, if the reader still may."""
    try:
        st.session_state[_VERDICT] = state.client().check_chain()
    except StatsError:
        st.session_state[_VERDICT] = None


def _verdict(verdict: ChainVerdict) -> tuple[str, ...]:
    if verdict.broken_at is not None:
        return (
            f"The chain breaks at line {verdict.broken_at:,}: {verdict.entries:,} lines before it fit.",
            "Keep the file as it is and find out who changed it; the lines behind prove nothing.",
        )
    return (f"{verdict.entries:,} lines, and each fits the one before.", f"Head: {verdict.head}", _HEAD)


def _columns(*labels: str) -> tuple[Column, ...]:
    return tuple(Column(label) for label in labels)


def _figure(label: str, *, is_number: bool = True) -> Column:
    return Column(label, definitions.FIGURES[label], is_number=is_number)


def _table(
    key: str,
    title: str,
    columns: Sequence[Column],
    lines: Sequence[tuple[str, ...]],
    *,
    empty: str = "",
    more: Sequence[str] = (),
) -> None:
    table(key, title, columns, [Line(line) for line in lines], empty=empty, notes=more, file=f"privacy-{key}.csv")


def _age(seconds: float) -> str:
    """A span in words.

    >>> _age(90_000), _age(4000)
    ('25 h', '1 h 6 min')
    """
    hours, minutes = divmod(int(seconds) // 60, 60)
    return f"{hours} h" if hours >= 24 else f"{hours} h {minutes} min" if hours else f"{minutes} min"

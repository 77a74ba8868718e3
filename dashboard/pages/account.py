"""Logins: one's own, and for owners those of people who see no other sites than theirs. Each can be ended."""

from collections.abc import Sequence

from dashboard import state
from dashboard.element import Action
from dashboard.login.sessions import Login
from dashboard.page import Opened
from dashboard.rights import Reader, Right
from dashboard.widgets.moment import moment
from dashboard.widgets.table import Button, Column, Line, table

_HELP_USED = "To the minute. A page that refreshes itself is not used."
_QUESTION = "End this login? Whoever uses it has to log in again."
_COLUMNS = (Column("Began"), Column("Last used", _HELP_USED), Column("Ends", "At the latest; earlier without use."))
_NOTES = ("A login keeps its name and these moments: no address, no browser.",)


def show(opened: Opened) -> None:
    """Draw the page."""
    reader, own = opened.reader, state.own_login()
    logins = [one for one in state.logins() if may_end(reader, one)]

    mine = [one for one in logins if one.name == reader.name]
    lines = [
        Line((_moments(one)[0] + (" (this one)" if one.id == own else ""), *_moments(one)[1:]), _buttons(one))
        for one in mine
    ]
    table("own-logins", "Your logins", _COLUMNS, lines, act, empty="None.", notes=_NOTES)
    if reader.may_somewhere(Right.PEOPLE):
        _show_others([one for one in logins if one.name != reader.name])


def act(action: Action) -> None:
    """End a login. Asked again whether that is allowed: the browser sends the id, and rights may have changed."""
    reader = state.reader()
    match action:
        case {"do": "end", "login": str(login)} if reader is not None:
            if any(one.id == login and may_end(reader, one) for one in state.logins()):
                state.end_login(login)


def _show_others(logins: Sequence[Login]) -> None:
    lines = [Line((one.name, *_moments(one)), _buttons(one)) for one in logins]
    table(
        *("other-logins", "Logins of others", (Column("Name"), *_COLUMNS), lines, act),
        empty="Nobody else is logged in.",
        notes=("Those of people who see no other sites than you own.",),
    )


def may_end(reader: Reader, login: Login) -> bool:
    """Whether a login is the reader's own, or of somebody for all of whose sites the reader may end logins."""
    if login.name == reader.name:
        return True
    other = state.reader_named(login.name)
    sites = [site for one in other.granted for site in one.sites] if other else ["*"]
    return all(reader.may(Right.PEOPLE, site) for site in sites)


def _moments(login: Login) -> tuple[str, ...]:
    return (moment(login.started_at), moment(login.used_at), moment(login.ends_at))


def _buttons(login: Login) -> tuple[Button, ...]:
    return (Button("End", {"do": "end", "login": login.id}, _QUESTION),)

"""Who is logged in, and the way out."""

import streamlit as st

from dashboard.rights import Reader

# A form, because only a POST of our own page may log out.
_LOG_OUT = '<form class="log-out" method="post" action="/logout"><button type="submit" >Log out</button></form>'

_LOGINS = '<a class="button" href="/account" target="_self">Logins</a>'


def account(reader: Reader) -> None:
    """Menu of the person who is logged in."""
    with st.popover("Account", icon=":material/person:", key="account"):
        st.text(f"Logged in as {reader.name}")
        st.html(_LOGINS)
        st.html(_LOG_OUT)

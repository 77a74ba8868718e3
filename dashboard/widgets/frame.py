"""What frames the page: who is logged in and the way out."""

import streamlit as st

from dashboard.options import DashboardUser

# A form, because only a POST of our own page may log out.
_LOG_OUT = '<form class="log-out" method="post" action="/logout"><button type="submit" >Log out</button></form>'


def account(user: DashboardUser) -> None:
    """Menu of the person who is logged in."""
    with st.popover("Account", icon=":material/person:", key="account"):
        st.text(f"Logged in as {user.name}")
        st.html(_LOG_OUT)

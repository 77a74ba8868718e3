"""Sentences instead of numbers: no login, no site, no visit yet, no answer; and what numbers mean."""

import streamlit as st

from dashboard.client import Site, StatsAwayError, StatsError

_TO_LOGIN = '<a href="/login" target="_self">Log in again</a>'


def login_ended() -> None:
    """The cookie is not valid any more."""
    st.info("Your login has ended.")
    st.html(_TO_LOGIN)


def no_sites() -> None:
    """The user may read no configured site."""
    st.info("There is no site for you yet. Sites are listed in the configuration under `[[sites]]`.")


def unavailable(error: StatsError) -> None:
    """No numbers; the reason stands there as plain text."""
    if isinstance(error, StatsAwayError):
        st.warning("The numbers cannot be read just now. This page keeps trying.")
    else:
        st.warning("The statistics service refused the question.")
    st.text(f"Reason: {error}")


def nothing_yet(site: Site) -> None:
    """No visit in the period."""
    with st.container(border=True, key="empty"):
        st.markdown("##### No visits yet")
        st.text("Put this tag into the head of your pages. The first visit shows up here within seconds.")
        st.code(f'<script defer data-domain="{site.id}" src="…/js/script.js"></script>', language="html")

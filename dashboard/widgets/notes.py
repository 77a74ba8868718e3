"""Sentences around the numbers: why there are none, and how to read those that are there."""

import streamlit as st

from appliance.stats.contract import Meta, Site
from dashboard import definitions, marks
from dashboard.client import StatsAwayError, StatsError

_TO_LOGIN = '<a class="button" href="/login" target="_self">Log in again</a>'


def ended(*, is_link: bool) -> None:
    """The login or the shared link is not valid any more."""
    if is_link:
        st.info("This link has ended.")
        return
    st.info("Your login has ended.")
    st.html(_TO_LOGIN)


def not_yours() -> None:
    """The page or the site is not for this reader."""
    st.info("Your role does not open this page. An owner of the site can tell you more.")


def no_sites() -> None:
    """The reader has no configured site."""
    st.info("There is no site for you yet. Sites are listed in the configuration under `[[sites]]`.")


def unavailable(error: StatsError) -> None:
    """No numbers; the reason stands there as plain text."""
    if isinstance(error, StatsAwayError):
        st.warning("The numbers cannot be read just now. This page keeps trying.")
    else:
        st.warning("The stats API refused the question.")
    with st.container(key="notes"):
        st.text(f"Reason: {error}")


def nothing_yet(site: Site) -> None:
    """No visit at all: how to get one."""
    with st.container(border=True, key="empty"):
        st.subheader("No visits yet: add the tag to your pages", anchor=False)
        st.text("Put this into the head of each page. The first visit shows up here within seconds.")
        st.code(
            f'<script defer data-domain="{site.id}" src="https://YOUR-COLLECTOR/js/script.js"></script>',
            language=None,
            wrap_lines=True,
        )
        st.text("YOUR-COLLECTOR is the public address under which browsers reach this appliance.")


def nothing_in_period() -> None:
    """The site has visits, but none here."""
    with st.container(border=True, key="empty"):
        st.subheader("No visits in this period", anchor=False)
        st.text("Choose a longer one to see earlier visits.")


def warnings(meta: Meta) -> None:
    """What is wrong with the appliance, where nobody can overlook it."""
    sentences = marks.other_warnings(meta)
    if sentences:
        with st.container(key="warnings"):
            st.warning("This appliance needs its operator.")
            for sentence in sentences:
                st.text(sentence)


def reading(site: Site, meta: Meta) -> None:
    """How to read the numbers of the page."""
    with st.container(key="notes", gap="xsmall"):
        if meta.visitors == "daily_sum":
            st.text(definitions.SUMMED)
        st.text(definitions.ROUNDED)
        st.text(
            f"Days and hours are those of {site.timezone}. "
            "Bounce rate and visit duration are those of visits that have ended."
        )

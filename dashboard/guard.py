"""Asked in each run and each fragment: does who looks still have the right? An open page outlives a login."""

import streamlit as st

from dashboard import state
from dashboard.rights import Right
from dashboard.widgets import notes


def may_see(right: Right, site: str) -> bool:
    """Whether the reader has a right for a site at this moment; says so on the page if not."""
    reader = state.reader()
    if reader is None:
        st.rerun()  # the frame says it, once for all fragments
        return False
    if not reader.may(right, site):
        notes.not_yours()
        return False
    return True

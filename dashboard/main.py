"""The script that Streamlit runs for each view of the page."""

from dashboard.pages import overview

overview.render()

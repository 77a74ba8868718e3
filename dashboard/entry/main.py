"""The script that Streamlit runs for each view of the page."""

from dashboard import frame

frame.render()

"""Pieces of the page, one per module. Text of the network goes only into tables and `st.text`."""

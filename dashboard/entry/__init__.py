"""Where Streamlit enters. Alone here: a folder `pages` beside its script would be taken for scripts of pages."""

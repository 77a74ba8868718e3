"""The dashboard: a Streamlit page behind our own login, talking to the stats API over HTTP.

It knows the stats API's contract and nothing else of the appliance. Text that came over the network is
shown only through elements that do not render Markdown.
"""

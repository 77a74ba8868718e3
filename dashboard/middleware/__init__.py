"""Pure ASGI middleware, one job each: headers, origin, session, and which of Streamlit's routes exist."""

// Loaded before Streamlit's frontend: tells it under which address the dashboard lies, so that it need not try.

window.__streamlit = { BACKEND_BASE_URL: new URL(document.documentElement.dataset.base, location.origin).href };

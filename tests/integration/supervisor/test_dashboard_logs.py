"""Streamlit prints nothing of its own in the dashboard process: an error in a page is a JSON line without values."""

import json
import subprocess
import sys

_ERROR_IN_A_PAGE = """
from appliance.supervisor import logs
logs.start("dashboard")
from appliance.supervisor.parts import dashboard
dashboard._take_over_logs()
from dashboard import streamlit_config
streamlit_config.force()
from streamlit import error_util
from streamlit.logger import get_logger
try:
    raise KeyError("203.0.113.9")
except KeyError as error:
    error_util.handle_uncaught_app_exception(error)
get_logger("streamlit.made_later").warning("from 203.0.113.9")
"""


def test_error_in_a_page_is_logged_without_its_text() -> None:
    ended = subprocess.run([sys.executable, "-c", _ERROR_IN_A_PAGE], capture_output=True, text=True, check=True)
    lines = [json.loads(line) for line in (ended.stdout + ended.stderr).splitlines()]
    assert "KeyError" in [line.get("error") for line in lines]
    assert "streamlit.made_later" in [line["logger"] for line in lines]
    assert "203.0.113.9" not in ended.stdout + ended.stderr

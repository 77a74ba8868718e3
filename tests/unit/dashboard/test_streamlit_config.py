"""Streamlit's settings are ours, whatever the environment says."""

import pytest
from streamlit import config

from dashboard import streamlit_config


def test_statistics_are_off_even_if_the_environment_turns_them_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAMLIT_BROWSER_GATHER_USAGE_STATS", "true")
    streamlit_config.force()
    assert config.get_option("browser.gatherUsageStats") is False


@pytest.mark.parametrize("key", sorted(streamlit_config.FORCED))
def test_streamlit_knows_every_option_that_is_set(key: str) -> None:
    streamlit_config.force()
    assert config.get_option(key) == streamlit_config.FORCED[key]

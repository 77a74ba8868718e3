"""Our own element of the pages: drawn by `assets/elements/elements.js`, told what to draw as JSON.

Streamlit's components v2, with two differences from its public call: the script is a file of our own origin, which
the content-security policy demands, and the data goes as bytes, because Streamlit looks at anything else with
pandas. The script shows all texts as text, never as HTML or Markdown.
"""

from collections.abc import Callable
from typing import Any

import msgspec
import streamlit as st
from streamlit.components.v2.component_registry import BidiComponentDefinition
from streamlit.components.v2.get_bidi_component_manager import get_bidi_component_manager

from dashboard.asset_addresses import ASSETS, VERSION

NAME = "elements"
SCRIPTS = ASSETS / NAME
PREFIX = f"/_stcore/bidi-components/{NAME}/{VERSION}/"
"""Where the browser asks for the script and what it imports."""
_SCRIPT = "elements.js"

Action = dict[str, Any]


def element(kind: str, key: str, data: dict[str, Any], on_action: Callable[[Action], None] | None = None) -> None:
    """Draw one element.

    Args:
        kind: which of the drawings of elements.js.
        key: names the element on the page; it keeps its place and state while its data change.
        data: what it shows; texts may be of the network.
        on_action: called before the next run with what the reader did. The browser sends it, so it is anybody's text.
    """

    def act() -> None:
        action = st.session_state.get(key, {}).get("action")
        if on_action and isinstance(action, dict) and isinstance(action.get("do"), str):
            on_action(action)

    manager = get_bidi_component_manager()
    if manager.get(NAME) is None:
        definition = BidiComponentDefinition(
            NAME, js=str(SCRIPTS / _SCRIPT), js_asset_relative_path=f"{VERSION}/{_SCRIPT}"
        )
        manager.register(definition)
    st._bidi_component(
        NAME, key=key, isolate_styles=False, data=msgspec.json.encode({"kind": kind, **data}), on_action_change=act
    )

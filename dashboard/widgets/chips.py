"""The filters that are set, each with a way to remove it."""

from collections.abc import Callable
from typing import Any

from dashboard.element import Action, element
from dashboard.filters import MOST_ATTRIBUTES, Filter, attributes
from dashboard.panels import attribute_name, display_name
from dashboard.view import View

_MOST = "Two attributes are the most that are counted together; lists of a third say so."
_WORDS = {"is": "is", "is_not": "is not"}


def chips(view: View, on_action: Callable[[Action], None]) -> None:
    """Show them."""
    element("chips", "chips", chips_data(view), on_action)


def chips_data(view: View) -> dict[str, Any]:
    """What the element shows."""
    full = len(attributes(view.filters)) == MOST_ATTRIBUTES
    return {
        "filters": [
            {
                "text": one.text,
                "name": attribute_name(one.attribute).capitalize(),
                "words": _WORDS[one.operator],
                "value": display_name(one.attribute, one.value),
                "locked": one in view.locked,
            }
            for one in view.filters
        ],
        "notes": [*([_MOST] if full else []), *map(_left_out, view.left_out)],
    }


def _left_out(one: Filter) -> str:
    name = attribute_name(one.attribute).capitalize()
    value = display_name(one.attribute, one.value)
    return f"Left out, because it would be a third: {name} {_WORDS[one.operator]} {value}. Remove another for it."

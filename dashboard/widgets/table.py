"""A plain table in a card, for lists that are no report: texts and numbers, and what can be done with a line."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from dashboard.element import Action, element


@dataclass(frozen=True)
class Column:
    """One column."""

    label: str
    help: str = ""
    """Shown on hover and focus."""
    is_number: bool = False


@dataclass(frozen=True)
class Button:
    """Something that can be done with a line."""

    label: str
    action: Action
    """What `on_action` gets; it comes back from the browser, so it is anybody's text."""
    question: str = ""
    """Asked before, where it cannot be undone."""


@dataclass(frozen=True)
class Line:
    """One line; the cells may be of the network."""

    cells: tuple[str, ...]
    buttons: tuple[Button, ...] = ()
    is_quiet: bool = False
    help: str = ""
    """What the first cell means."""


def table(
    key: str,
    title: str,
    columns: Sequence[Column],
    lines: Sequence[Line],
    on_action: Callable[[Action], None] | None = None,
    *,
    empty: str = "",
    notes: Sequence[str] = (),
    file: str = "",
) -> None:
    """Show a table.

    Args:
        key: names it on the page.
        title: above it.
        columns: of each line.
        lines: in their order.
        on_action: called with the action of a button before the next run.
        empty: a sentence instead of no lines.
        notes: sentences below it.
        file: name under which it can be saved as CSV; empty: not at all.
    """
    element("table", key, table_data(title, columns, lines, empty=empty, notes=notes, file=file), on_action)


def table_data(
    title: str, columns: Sequence[Column], lines: Sequence[Line], *, empty: str, notes: Sequence[str], file: str
) -> dict[str, Any]:
    """What the element shows."""
    return {
        "title": title,
        "columns": [{"label": one.label, "help": one.help, "number": one.is_number} for one in columns],
        "lines": [
            {
                "cells": line.cells,
                "help": line.help,
                "quiet": line.is_quiet,
                "buttons": [
                    {"label": one.label, "action": one.action, "question": one.question} for one in line.buttons
                ],
            }
            for line in lines
        ],
        "empty": empty,
        "notes": list(notes),
        "file": file,
    }

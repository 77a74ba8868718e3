"""Events of the tracker that have a target, and the properties of our own under which those are counted. Pure."""

from typing import NamedTuple


class Target(NamedTuple):
    """Where an event carries its target."""

    sent_as: str
    """Key of the property in the hit."""
    counted_as: str
    """Key of the property that is counted, whether or not the site declares any."""


TARGETS: dict[str, Target] = {
    "Outbound Link: Click": Target("url", "outbound_link"),
    "File Download": Target("url", "file_download"),
    "404": Target("path", "missing_page"),
    "Form: Submission": Target("path", "form"),
}
"""By name of the event, as docs/tracker.md has it."""

OWN_KEYS: frozenset[str] = frozenset(target.counted_as for target in TARGETS.values())


def target_of(name: str, props: tuple[tuple[str, str], ...]) -> tuple[str, str] | None:
    """The property of our own that an event has, without query and fragment; None for none.

    >>> target_of("File Download", (("url", "https://example.org/a.pdf?token=1"),))
    ('file_download', 'https://example.org/a.pdf')
    """
    target = TARGETS.get(name)
    if target is None:
        return None
    value = next((value for key, value in props if key == target.sent_as), "")
    return (target.counted_as, value.partition("?")[0].partition("#")[0]) if value else None

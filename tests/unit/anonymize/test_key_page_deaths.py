"""A process that dies while it changes the key page, at any line of the code, leaves a page that can be used safely."""

import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

from appliance.anonymize import key_page
from appliance.anonymize.key_page import KeyPage, Slot

NOW_MS = 1_795_000_000_000
LONG_AGO_MS = NOW_MS - 8 * 24 * 3600 * 1000
NAME = "example.org|2026-11-23"


def die_at_line(number: int, act: Callable[[], object]) -> bool:
    """Run it in a process that ends before the given line of the key page's code; whether it came so far."""
    child = os.fork()
    if not child:
        left = [number]

        def trace(frame: FrameType, event: str, _arg: object) -> Any:
            if frame.f_code.co_filename != key_page.__file__:
                return None
            if event == "line":
                left[0] -= 1
                if left[0] < 0:
                    os._exit(9)  # as by SIGKILL, the page keeps what was written
            return trace

        sys.settrace(trace)
        try:
            act()
        finally:
            sys.settrace(None)
            os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9


def make(path: Path) -> None:
    KeyPage(path).create(NAME, NOW_MS)


def with_tombstone(path: Path) -> KeyPage:
    page = KeyPage(path)
    page.destroy(page.create("a-longer-name.example|2026-11-01", LONG_AGO_MS))
    return page


def assert_sound(path: Path) -> KeyPage:
    """What every state has to hold: live keys are whole, everything else is zero."""
    page = KeyPage(path)
    live = page.live_slots()
    for slot in live:
        fields = [bytes(field) for field in page.fields(slot)]
        assert all(any(field) for field in fields), "a live key with a field of zeros"
        assert len(set(fields)) == 3
        assert slot.name
    used = {slot.number for slot in live}
    for number in range(8):
        if number not in used:
            assert not any(page.secret(Slot(number, "", 0, False))), "a dead key that is not zero"
    return page


def test_death_while_a_page_is_made(tmp_path: Path) -> None:
    number = 0
    while die_at_line(number, partial(KeyPage, tmp_path / f"page-{number}")):
        page = assert_sound(tmp_path / f"page-{number}")
        page.create(NAME, NOW_MS)
        assert page.find(NAME) is not None
        number += 1
    assert number > 10


def test_death_while_a_key_is_made(tmp_path: Path) -> None:
    number, were_made = 0, set()
    while die_at_line(number, partial(make, tmp_path / f"page-{number}")):
        page = assert_sound(tmp_path / f"page-{number}")
        were_made.add(made := page.find(NAME) is not None)
        assert made or not page.was_destroyed(NAME)
        assert made or page.create(NAME, NOW_MS).name == NAME
        assert [slot.name for slot in page.live_slots()] == [NAME]
        number += 1
    assert were_made == {False, True}


def test_death_while_the_slot_of_an_old_tombstone_is_used_again(tmp_path: Path) -> None:
    number = 0
    while die_at_line(number, partial(with_tombstone(tmp_path / f"page-{number}").create, NAME, NOW_MS)):
        page = assert_sound(tmp_path / f"page-{number}")
        assert not page.was_destroyed(NAME)
        if page.find(NAME) is None:
            page.create(NAME, NOW_MS)
        assert [slot.name for slot in page.live_slots()] == [NAME]
        number += 1
    assert b"longer-name" not in (tmp_path / f"page-{number}").read_bytes()


def test_death_while_a_key_is_destroyed(tmp_path: Path) -> None:
    def prepared(path: Path) -> tuple[KeyPage, Slot]:
        page = KeyPage(path)
        page.create("other.example|2026-11-23", NOW_MS)
        return page, page.create(NAME, NOW_MS)

    number, were_gone = 0, set()
    while True:
        path = tmp_path / f"page-{number}"
        watching, slot = prepared(path)
        generation, secret = watching.generation, bytes(watching.secret(slot))
        if not die_at_line(number, partial(watching.destroy, slot)):
            break
        page = assert_sound(path)
        gone = page.find(NAME) is None
        were_gone.add(gone)
        assert page.was_destroyed(NAME) is gone
        assert gone is (secret not in path.read_bytes())
        # Whoever built something on it hears of the end, whether or not the dead one had come to say so.
        assert (watching.generation > generation) is gone
        assert [one.name for one in page.live_slots()] == ["other.example|2026-11-23"] + [NAME] * (not gone)
        number += 1
    assert were_gone == {False, True}

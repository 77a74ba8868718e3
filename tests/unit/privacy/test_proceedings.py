"""The evidence log as it is told: newest first, only what concerns the reader's sites, and no key."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from appliance.privacy.proceedings import MEANINGS, Proceedings, lines_for, read_proceedings

A, B = "a.example", "b.example"
DAY = {"day": "2026-11-28"}


def _line(at: int, kind: str, **facts: Any) -> bytes:
    moment = f"2026-11-29T00:{at:02d}:00+00:00"
    return json.dumps({"at": moment, "kind": kind, **facts, "previous": "0" * 64}).encode()


LINES = [
    _line(0, "key_created", site=A, **DAY, commitment="c1"),
    _line(1, "key_created", site=B, **DAY, commitment="c2"),
    _line(2, "retention_started", limits={A: "x", B: "y"}),
    _line(3, "retention_done", deleted={"cells": {"partitions_dropped": 2}}),
    _line(4, "key_destroyed", site=A, **DAY, unacknowledged=[]),
    b"not a line",
    _line(5, "day_closed", site=A, **DAY, kept=7),
    _line(6, "day_closed", site=A, day="2026-11-20", kept=1),
    _line(7, "day_closed", site=B, **DAY, kept=9),
    _line(8, "retention_failed", reason="the disk is full"),
    _line(9, "retention_done", deleted={}),
]


def _told(sites: set[str] | None = None, most: int = 100) -> Proceedings:
    return read_proceedings(LINES, sites, most)


def test_closes_are_the_last_days_of_each_site() -> None:
    assert [(one.site, one.day) for one in _told().closes] == [(A, "2026-11-28"), (B, "2026-11-28")]


def test_runs_are_told_the_newest_first() -> None:
    assert [(one.went_well, one.said) for one in _told().runs] == [
        (True, "Nothing was older than its limit."),
        (False, "the disk is full"),
        (True, "Deleted from cells."),
    ]


def test_keys_have_an_age_and_those_that_live_come_first() -> None:
    living, gone = _told().keys
    assert (living.site, living.destroyed_at) == (B, None)
    assert gone.site == A
    assert gone.destroyed_at == gone.created_at + 240


def test_entries_are_the_newest_and_the_rest_is_counted() -> None:
    told = _told(most=2)
    assert [one.kind for one in told.entries] == ["retention_done", "retention_failed"]
    assert told.n_entries == len(LINES) - 1
    assert len(told.runs) == 2


def test_facts_leave_out_what_has_a_column() -> None:
    entry = next(one for one in _told().entries if one.kind == "day_closed" and one.site == B)
    assert json.loads(entry.facts) == {"kept": 9}


def test_a_reader_of_one_site_hears_nothing_of_others() -> None:
    told = _told({A})
    assert {one.site for one in (*told.closes, *told.keys)} == {A}
    assert B not in str(told)
    assert [one.said for one in told.runs] == [one.said for one in _told().runs]
    assert B.encode() not in b"".join(lines_for(LINES, {A}))
    assert list(lines_for(LINES, None)) == LINES


@pytest.mark.parametrize("kind", sorted(MEANINGS))
def test_every_kind_is_described_in_the_documentation_too(kind: str) -> None:
    text = (Path(__file__).parents[3] / "PRIVACY.md").read_text(encoding="utf-8")
    assert f"| `{kind}` |" in text


def test_every_kind_that_is_written_has_a_meaning() -> None:
    root = Path(__file__).parents[3] / "appliance"
    sources = "".join(path.read_text(encoding="utf-8") for path in root.rglob("*.py"))
    written = set(re.findall(r'evidence\.append\(\s*"([a-z_]+)"', sources))
    assert len(written) > 12
    assert written <= set(MEANINGS)
    documented = set(re.findall(r"^\| `([a-z_]+)` \|", (root.parent / "PRIVACY.md").read_text(encoding="utf-8"), re.M))
    assert documented - {"events", "visitor", "outbox", "pairs"} >= set(MEANINGS)

"""Whoever was seen stays seen for a generation, and hardly anybody else is taken for seen."""

import random

from appliance.ingest.seen_visitors import SeenVisitors

_SOURCE = random.Random(4)


def tags(count: int) -> list[bytes]:
    return [_SOURCE.randbytes(16) for _ in range(count)]


def test_whoever_was_added_is_known() -> None:
    seen, mine = SeenVisitors(), tags(1000)
    for tag in mine:
        assert not seen.has(tag)
        seen.add(tag)
    assert all(seen.has(tag) for tag in mine)


def test_full_filter_takes_one_new_visitor_in_forty_for_seen() -> None:
    # 1/128 of the bits with 1/128 of the visitors is as full.
    seen = SeenVisitors(places=1 << 17, share=1_000_000 >> 7)
    for tag in tags(2 * (1_000_000 >> 7)):
        seen.add(tag)
    strangers = sum(seen.has(tag) for tag in tags(4000))
    assert 0 < strangers / 4000 < 1 / 33


def test_known_ones_outlive_a_generation_if_they_come_back() -> None:
    seen = SeenVisitors(share=100)
    regular, once = tags(2)
    seen.add(regular)
    seen.add(once)
    for tag in tags(250):
        assert seen.has(regular)
        seen.add(tag)
    assert not seen.has(once)

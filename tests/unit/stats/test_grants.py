"""Grants: only whole ones, signed with the secret, and for a minute."""

import pytest

from appliance.stats.contract import Question
from appliance.stats.grants import PREFIX, SECONDS, Grant, Granted, Grants, Right, locked, signed

NOW = 1_000_000.0
KEY = "secret"
READER = Granted(frozenset({Right.NUMBERS, Right.SETUP}), ("a.example", "b.example"))
ONLY = (["is", "visit:source", ["Google"]],)
GRANT = Grant("anna", (READER,), NOW + SECONDS, ONLY)


def _opened(token: str, now: float = NOW, key: str = KEY) -> Grant | None:
    return Grants(key, lambda: now).opened(token)


def test_a_grant_comes_back_as_it_was() -> None:
    assert _opened(signed(GRANT, KEY)) == GRANT


def test_it_ends_after_its_minute() -> None:
    token = signed(GRANT, KEY)
    assert _opened(token, NOW + SECONDS - 0.1) == GRANT
    assert _opened(token, NOW + SECONDS) is None


def test_one_that_would_last_for_long_is_worthless_from_the_start() -> None:
    assert _opened(signed(Grant("anna", (READER,), NOW + 3600), KEY)) is None


def test_another_secret_opens_nothing() -> None:
    assert _opened(signed(GRANT, KEY), key="other") is None
    assert _opened(signed(GRANT, ""), key="") is None


def test_every_changed_character_makes_it_worthless() -> None:
    token = signed(GRANT, KEY)
    payload, mac = token.removeprefix(PREFIX).split(".")
    # The last character of each part may carry spare bits, which decoding ignores.
    for position in {*range(len(token))} - {len(PREFIX) + len(payload) - 1, len(token) - 1}:
        other = "A" if token[position] != "A" else "B"
        assert _opened(token[:position] + other + token[position + 1 :]) is None
    assert mac


@pytest.mark.parametrize("text", ["", PREFIX, f"{PREFIX}.", f"{PREFIX}e30.e30", f"{PREFIX}é.é", "grant", "A" * 9000])
def test_any_other_text_is_no_grant(text: str) -> None:
    assert _opened(text) is None


@pytest.mark.parametrize("right", Right)
@pytest.mark.parametrize("site", ["a.example", "b.example", "c.example", "*"])
def test_it_gives_its_rights_for_its_sites_and_nothing_else(right: Right, site: str) -> None:
    assert GRANT.may(right, site) == (right in READER.rights and site in READER.sites)


def test_numbers_take_the_right_to_numbers() -> None:
    dpo = Grant("dpo", (Granted(frozenset({Right.PRIVACY}), ("*",)),), NOW)
    assert dpo.knows("a.example")
    assert not dpo.may_read("a.example")
    assert not dpo.may_read("*")


def test_nobody_is_granted_a_change() -> None:
    every = Grant("owner", (Granted(frozenset(Right), ("*",)),), NOW)
    assert not every.may_change


def test_a_lock_stands_before_what_is_asked_and_is_not_repeated() -> None:
    mine = ["is", "event:page", ["/"]]
    question = Question("a.example", ["visitors"], "day", filters=[mine, ONLY[0]])
    assert locked(question, ONLY).filters == [ONLY[0], mine]
    assert locked(question, ()) is question

"""Session tokens: only ours, only in time, only until the log-out."""

import pytest

from dashboard.login.sessions import Sessions
from dashboard.options import DashboardUser

KEY = b"k" * 32
ANNA = DashboardUser("anna", "$argon2id$anna")
BEN = DashboardUser("ben", "$argon2id$ben")


class StoppedClock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def sessions(clock: StoppedClock) -> Sessions:
    return Sessions(KEY, (ANNA, BEN), 3600, clock)


def test_a_token_names_its_user(sessions: Sessions) -> None:
    assert sessions.read(sessions.issue(ANNA)) == ANNA


def test_a_token_ends(sessions: Sessions, clock: StoppedClock) -> None:
    token = sessions.issue(ANNA)
    clock.now += 3599
    assert sessions.read(token) == ANNA
    clock.now += 1
    assert sessions.read(token) is None


def test_a_logged_out_token_is_worthless_and_others_are_not(sessions: Sessions) -> None:
    first, second = sessions.issue(ANNA), sessions.issue(ANNA)
    sessions.revoke(first)
    assert sessions.read(first) is None
    assert sessions.read(second) == ANNA


def test_expired_log_outs_are_forgotten(sessions: Sessions, clock: StoppedClock) -> None:
    sessions.revoke(sessions.issue(ANNA))
    clock.now += 3601
    sessions.revoke(sessions.issue(ANNA))
    assert len(sessions._revoked) == 1


def test_a_changed_password_ends_the_sessions(sessions: Sessions, clock: StoppedClock) -> None:
    token = sessions.issue(ANNA)
    later = Sessions(KEY, (DashboardUser("anna", "$argon2id$new"), BEN), 3600, clock)
    assert later.read(token) is None


def test_a_removed_user_has_no_session(sessions: Sessions, clock: StoppedClock) -> None:
    assert Sessions(KEY, (BEN,), 3600, clock).read(sessions.issue(ANNA)) is None


def test_a_token_of_another_key_is_worthless(sessions: Sessions, clock: StoppedClock) -> None:
    assert sessions.read(Sessions(b"x" * 32, (ANNA,), 3600, clock).issue(ANNA)) is None


def test_every_changed_character_makes_a_token_worthless(sessions: Sessions) -> None:
    token = sessions.issue(ANNA)
    for position in range(len(token)):
        other = "A" if token[position] != "A" else "B"
        # The last character of each part carries spare bits, which decoding ignores.
        if position in (token.index(".") - 1, len(token) - 1):
            continue
        assert sessions.read(token[:position] + other + token[position + 1 :]) is None


@pytest.mark.parametrize(
    "text", ["", ".", "a", "a.b", "é.é", "e30.e30", "bnVsbA.", "A" * 5000, "\x00.\x00", "====.===="]
)
def test_any_other_text_is_no_session(sessions: Sessions, text: str) -> None:
    assert sessions.read(text) is None
    sessions.revoke(text)

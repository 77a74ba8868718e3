"""Logins: only ours, only in time, only until they are ended; and what is left of them in the file."""

import sqlite3
import stat
from pathlib import Path

import pytest

from dashboard.login.sessions import Sessions
from dashboard.options import DashboardUser
from dashboard.records import Records

ANNA = DashboardUser("anna", "$argon2id$anna")
BEN = DashboardUser("ben", "$argon2id$ben")
LIFETIME, IDLE = 10_000, 3600


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
def path(tmp_path: Path) -> Path:
    return tmp_path / "dashboard.sqlite"


def _opened(path: Path, clock: StoppedClock, *users: DashboardUser) -> Sessions:
    return Sessions(Records(path), users or (ANNA, BEN), LIFETIME, IDLE, clock)


@pytest.fixture
def sessions(path: Path, clock: StoppedClock) -> Sessions:
    return _opened(path, clock)


def test_a_token_names_its_user(sessions: Sessions) -> None:
    assert sessions.read(sessions.issue(ANNA)) == ANNA


def test_a_login_survives_a_restart(sessions: Sessions, path: Path, clock: StoppedClock) -> None:
    token = sessions.issue(ANNA)
    assert _opened(path, clock).read(token) == ANNA


def test_it_ends_after_its_time_however_it_is_used(sessions: Sessions, clock: StoppedClock) -> None:
    token = sessions.issue(ANNA)
    for _ in range(LIFETIME // 1000 - 1):
        clock.now += 1000
        assert sessions.read(token, is_use=True) == ANNA
    clock.now += 1000
    assert sessions.read(token, is_use=True) is None


def test_it_ends_without_use_and_a_page_that_refreshes_itself_is_none(sessions: Sessions, clock: StoppedClock) -> None:
    used, refreshed = sessions.issue(ANNA), sessions.issue(ANNA)
    for _ in range(2):
        clock.now += IDLE / 2
        sessions.read(used, is_use=True)
        sessions.read(refreshed)
    assert sessions.read(used) == ANNA
    assert sessions.read(refreshed) is None


def test_an_ended_one_is_worthless_and_others_are_not(sessions: Sessions) -> None:
    first, second = sessions.issue(ANNA), sessions.issue(ANNA)
    sessions.end(first)
    assert sessions.read(first) is None
    assert sessions.read(second) == ANNA


def test_an_end_holds_in_every_process(sessions: Sessions, path: Path, clock: StoppedClock) -> None:
    token = sessions.issue(ANNA)
    other = _opened(path, clock)
    assert other.end_login(other.id_of(token)) is True
    assert sessions.read(token) is None
    assert other.end_login("none") is False


def test_a_changed_password_ends_it(sessions: Sessions, path: Path, clock: StoppedClock) -> None:
    token = sessions.issue(ANNA)
    assert _opened(path, clock, DashboardUser("anna", "$argon2id$new"), BEN).read(token) is None


def test_a_removed_user_has_none(sessions: Sessions, path: Path, clock: StoppedClock) -> None:
    assert _opened(path, clock, BEN).read(sessions.issue(ANNA)) is None


def test_the_list_has_what_has_not_ended(sessions: Sessions, clock: StoppedClock) -> None:
    sessions.issue(ANNA)
    clock.now += IDLE
    token = sessions.issue(BEN)
    assert [(one.id, one.name, one.started_at, one.ends_at) for one in sessions.logins()] == [
        (sessions.id_of(token), "ben", int(clock.now), int(clock.now) + LIFETIME)
    ]


@pytest.mark.parametrize("text", ["", ".", "a", "é", "A" * 5000, "\x00", "' OR 1=1 --", "\udcff"])
def test_any_other_text_is_no_login(sessions: Sessions, text: str) -> None:
    sessions.issue(ANNA)
    assert sessions.read(text) is None
    sessions.end(text)
    assert len(sessions.logins()) == 1


def test_the_file_is_private_and_knows_no_token(sessions: Sessions, path: Path) -> None:
    token = sessions.issue(ANNA)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert token.encode() not in path.read_bytes()
    assert b"anna" in path.read_bytes()


def test_nothing_of_an_ended_login_stays_in_the_file(sessions: Sessions, path: Path, clock: StoppedClock) -> None:
    sessions.end(sessions.issue(ANNA))
    assert b"anna" not in path.read_bytes()
    sessions.issue(ANNA)
    clock.now += LIFETIME
    sessions.issue(BEN)
    assert b"anna" not in path.read_bytes()
    assert [one.name for one in path.parent.iterdir()] == [path.name]


def test_a_full_disk_ends_no_login(sessions: Sessions, clock: StoppedClock, monkeypatch: pytest.MonkeyPatch) -> None:
    token, run = sessions.issue(ANNA), sessions._records.run
    clock.now += 120

    def full(name: str, /, **values: object) -> list[object]:
        if name == "use_session":
            raise sqlite3.OperationalError("database or disk is full")
        return run(name, **values)

    monkeypatch.setattr(sessions._records, "run", full)
    assert sessions.read(token, is_use=True) == ANNA


def test_a_damaged_file_is_not_used(path: Path, clock: StoppedClock) -> None:
    path.write_bytes(b"no database at all" * 100)
    with pytest.raises(sqlite3.DatabaseError):
        _opened(path, clock)

"""`appliance sessions`: lists and ends logins in the file of the dashboard."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from appliance.errors import StartError
from appliance.settings import ServerSettings, Settings, UserSettings
from appliance.supervisor.dashboard_options import RECORDS, options_of
from appliance.supervisor.parts.sessions import listed, revoke
from dashboard.login.sessions import Sessions
from dashboard.records import Records


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    users = tuple(UserSettings(name=name, password_hash=f"$argon2id${name}") for name in ("anna", "ben"))
    return Settings(server=ServerSettings(data_dir=str(tmp_path)), users=users)


@pytest.fixture
def sessions(settings: Settings) -> Iterator[Sessions]:
    """As the running dashboard has it."""
    users = options_of(settings).users
    with contextlib.closing(Records(settings.data_dir / RECORDS)) as records:
        yield Sessions(records, users, 3600, 3600, time.time)


def _log_in(sessions: Sessions, settings: Settings, name: str) -> str:
    return sessions.issue(next(user for user in options_of(settings).users if user.name == name))


def test_logins_are_listed_with_their_moments_and_no_token(sessions: Sessions, settings: Settings) -> None:
    tokens = [_log_in(sessions, settings, name) for name in ("anna", "ben")]
    text = listed(settings)
    head, *lines = text.splitlines()
    assert head.split("  ")[0] == "id"
    assert {tuple(line.split()[:2]) for line in lines} == {
        (sessions.id_of(tokens[0]), "anna"),
        (sessions.id_of(tokens[1]), "ben"),
    }
    assert not any(token in text for token in tokens)


def test_one_login_is_ended_in_the_running_dashboard_too(sessions: Sessions, settings: Settings) -> None:
    first, second = (_log_in(sessions, settings, "anna") for _ in range(2))
    assert revoke(settings, sessions.id_of(first), None) == "ended 1 login\n"
    assert sessions.read(first) is None
    assert sessions.read(second) is not None


def test_all_logins_of_a_person_or_of_everybody_are_ended(sessions: Sessions, settings: Settings) -> None:
    for name in ("anna", "anna", "ben"):
        _log_in(sessions, settings, name)
    assert revoke(settings, None, "anna") == "ended 2 logins\n"
    assert [one.name for one in sessions.logins()] == ["ben"]
    assert revoke(settings, None, None) == "ended 1 login\n"
    assert listed(settings) == "nobody is logged in\n"


def test_a_login_that_is_not_there_is_an_error(sessions: Sessions, settings: Settings) -> None:
    with pytest.raises(StartError, match="no login 'x'"):
        revoke(settings, "x", None)


def test_without_the_file_nobody_is_logged_in_and_none_is_made(settings: Settings) -> None:
    assert listed(settings) == "nobody is logged in\n"
    assert revoke(settings, None, None) == "ended 0 logins\n"
    assert not (settings.data_dir / RECORDS).exists()


def test_a_damaged_file_is_named(settings: Settings) -> None:
    (settings.data_dir / RECORDS).write_bytes(b"x" * 5000)
    with pytest.raises(StartError, match=RECORDS):
        listed(settings)


@pytest.mark.parametrize(
    ("peer", "forwarded", "network"),
    [
        ("203.0.113.77", None, "203.0.113.0"),
        ("2001:db8:1:2::3", None, "2001:db8:1::"),
        ("203.0.113.77", "198.51.100.1", "203.0.113.0"),
        ("10.0.0.1", "203.0.113.77", "203.0.113.0"),
        ("127.0.0.1", "203.0.113.77", ""),
    ],
    ids=["address", "six", "nobody's proxy", "a proxy", "a proxy that nobody named"],
)
def test_guessing_is_slowed_down_by_network(
    settings: Settings, tmp_path: Path, peer: str, forwarded: str | None, network: str
) -> None:
    server = ServerSettings(data_dir=str(tmp_path), trusted_proxies=("10.0.0.0/8",))
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    options = options_of(Settings(server=server))
    assert options.network_of({"client": (peer, 1), "headers": headers}) == network

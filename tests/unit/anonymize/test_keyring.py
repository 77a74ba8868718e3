"""Keys live on one page, work while they live, and are zero afterwards."""

from datetime import date
from pathlib import Path

import pytest

from appliance.anonymize.keyring import DAY_KEYS_FILE, Keyring, day_key_name, split_key_name
from appliance.errors import KeyGoneError, StartError

DAY = date(2026, 11, 23)


def clock() -> float:
    return 1_795_000_000.0


@pytest.fixture
def keys(tmp_path: Path) -> Keyring:
    return Keyring.open(tmp_path, clock)


def test_second_process_gets_the_same_key(keys: Keyring, tmp_path: Path) -> None:
    other = Keyring.open(tmp_path, clock)
    tag = keys.day_key("example.org", DAY, create=True).tag(b"message")
    assert other.day_key("example.org", DAY, create=True).tag(b"message") == tag


def test_key_is_not_made_unless_asked(keys: Keyring) -> None:
    with pytest.raises(KeyGoneError):
        keys.day_key("example.org", DAY, create=False)


def test_sites_and_days_have_unrelated_keys(keys: Keyring) -> None:
    tags = {
        keys.day_key(site, day, create=True).tag(b"message")
        for site in ("a.example", "b.example")
        for day in (DAY, date(2026, 11, 24))
    }
    assert len(tags) == 4


def test_tag_and_token_of_a_message_are_unrelated(keys: Keyring) -> None:
    key = keys.day_key("example.org", DAY, create=True)
    assert len(key.tag(b"m")) == 16
    assert len(key.token(b"m")) == 8
    assert key.tag(b"m")[:8] != key.token(b"m")


def test_sealed_value_opens_only_with_its_associated_data(keys: Keyring) -> None:
    key = keys.day_key("example.org", DAY, create=True)
    sealed = key.seal(b"secret", b"events:{0}")
    assert key.open(sealed, b"events:{0}") == b"secret"
    with pytest.raises(KeyGoneError):
        key.open(sealed, b"events:{1}")


def test_destroyed_key_is_zero_on_the_page_and_known_by_its_commitment(keys: Keyring, tmp_path: Path) -> None:
    keys.day_key("example.org", DAY, create=True)
    (slot,) = keys.live()
    commitment = keys.commitment(slot)
    secret = bytes(keys._page.secret(slot))
    assert secret in (tmp_path / DAY_KEYS_FILE).read_bytes()
    destroyed = keys.destroy(slot)
    page = (tmp_path / DAY_KEYS_FILE).read_bytes()
    assert not any(secret[n : n + 8] in page for n in range(0, 96, 8))
    assert destroyed.commitment == commitment
    assert destroyed.unacknowledged == []


def test_destroyed_day_never_gets_another_key(keys: Keyring) -> None:
    keys.day_key("example.org", DAY, create=True)
    keys.destroy(keys.live()[0])
    with pytest.raises(KeyGoneError):
        keys.day_key("example.org", DAY, create=True)
    assert keys.live() == []


def test_other_process_drops_its_objects_when_a_key_is_destroyed(keys: Keyring, tmp_path: Path) -> None:
    other = Keyring.open(tmp_path, clock)
    other.day_key("example.org", DAY, create=True)
    keys.destroy(keys.live()[0])
    with pytest.raises(KeyGoneError):
        other.day_key("example.org", DAY, create=False)
    assert other._keys == {}


def test_page_is_private_to_its_owner(keys: Keyring, tmp_path: Path) -> None:
    assert (tmp_path / DAY_KEYS_FILE).stat().st_mode & 0o777 == 0o600


def test_foreign_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / DAY_KEYS_FILE).write_bytes(b"something else")
    with pytest.raises(StartError, match="not a key page"):
        Keyring.open(tmp_path, clock)


def test_creation_is_logged_once(keys: Keyring) -> None:
    keys.day_key("example.org", DAY, create=True)
    keys.mark_logged(keys.live()[0])
    assert keys.live()[0].is_logged


def test_name_of_a_key_is_read_back_even_with_separators_in_the_site() -> None:
    assert split_key_name(day_key_name("example.org:8080/shop", DAY)) == ("example.org:8080/shop", DAY)


def test_a_forgotten_key_can_be_made_anew_and_is_another_one(keys: Keyring) -> None:
    tags = []
    for _ in range(2):
        tags.append(keys.day_key("example.org", DAY, create=True).tag(b"message"))
        keys.destroy(keys.live()[0])
        with pytest.raises(KeyGoneError):
            keys.day_key("example.org", DAY, create=True)
        keys.forget("example.or")
        with pytest.raises(KeyGoneError):
            keys.day_key("example.org", DAY, create=True)
        keys.forget("example.org")
    assert tags[0] != tags[1]


def test_what_hangs_on_the_day_is_told_of_a_destroyed_key(keys: Keyring) -> None:
    told = []
    keys.on_destroyed = lambda: told.append(True)
    keys.day_key("example.org", DAY, create=True)
    keys.refresh()
    assert not told
    keys.destroy(keys.live()[0])
    keys.refresh()
    assert told == [True]

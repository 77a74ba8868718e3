"""Passwords: right ones pass, guessing is slowed down, nothing tells names apart."""

import asyncio

import argon2
import pytest

from dashboard.login.passwords import (
    ATTEMPTS,
    NETWORK_ATTEMPTS,
    NETWORK_REFILL_SECONDS,
    REFILL_SECONDS,
    Passwords,
    TooManyAttemptsError,
)

# Cheap parameters: the cost is not what is tested here.
HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
HASHES = {"anna": HASHER.hash("right")}


class StoppedClock:
    """Stands still until moved."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def passwords(clock: StoppedClock) -> Passwords:
    return Passwords(clock)


async def test_the_right_password_is_right(passwords: Passwords) -> None:
    assert await passwords.check(HASHES, "anna", "right") is True


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("ben", "right"), ("", ""), ("anna", "")])
async def test_anything_else_is_wrong(passwords: Passwords, name: str, password: str) -> None:
    assert await passwords.check(HASHES, name, password) is False


async def test_an_unknown_name_costs_a_hash_as_well(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    monkeypatch.setattr(
        argon2.PasswordHasher, "verify", lambda _self, hashed, password: verified.append((hashed, password))
    )
    assert await passwords.check(HASHES, "nobody", "guess") is False
    assert verified == [(HASHES["anna"], "guess")]


async def test_without_users_nobody_enters(clock: StoppedClock) -> None:
    assert await Passwords(clock).check({}, "anna", "right") is False


async def test_guessing_is_stopped_even_for_the_right_password(passwords: Passwords) -> None:
    for _ in range(ATTEMPTS):
        await passwords.check(HASHES, "anna", "wrong")
    with pytest.raises(TooManyAttemptsError) as caught:
        await passwords.check(HASHES, "anna", "right")
    assert caught.value.retry_after_seconds == REFILL_SECONDS


async def test_an_attempt_becomes_free_again(passwords: Passwords, clock: StoppedClock) -> None:
    for _ in range(ATTEMPTS):
        await passwords.check(HASHES, "anna", "wrong")
    clock.now += REFILL_SECONDS + 1
    assert await passwords.check(HASHES, "anna", "right") is True


async def test_success_forgets_the_failures(passwords: Passwords) -> None:
    for _ in range(ATTEMPTS - 1):
        await passwords.check(HASHES, "anna", "wrong")
    await passwords.check(HASHES, "anna", "right")
    assert await passwords.check(HASHES, "anna", "wrong") is False


async def test_unknown_names_are_slowed_down_like_known_ones(passwords: Passwords) -> None:
    for _ in range(ATTEMPTS):
        await passwords.check(HASHES, "ben", "wrong")
    with pytest.raises(TooManyAttemptsError):
        await passwords.check(HASHES, "ben", "wrong")


async def test_one_name_does_not_lock_out_another(passwords: Passwords) -> None:
    for _ in range(ATTEMPTS):
        await passwords.check(HASHES, "ben", "wrong")
    assert await passwords.check(HASHES, "anna", "right") is True


async def test_attempts_that_arrive_together_count_together(passwords: Passwords) -> None:
    answers = await asyncio.gather(
        *(passwords.check(HASHES, "anna", "wrong") for _ in range(ATTEMPTS + 5)), return_exceptions=True
    )
    assert sum(isinstance(answer, TooManyAttemptsError) for answer in answers) == 5


async def test_a_flood_of_names_waits_in_a_short_line(passwords: Passwords) -> None:
    answers = await asyncio.gather(
        *(passwords.check(HASHES, f"name-{number}", "x") for number in range(100)), return_exceptions=True
    )
    assert sum(isinstance(answer, TooManyAttemptsError) for answer in answers) == 84


async def test_memory_for_names_is_bounded(passwords: Passwords, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.login.passwords._MAX_LABELS", 10)
    for number in range(30):
        await passwords.check(HASHES, f"name-{number}", "x")
    assert len(passwords._names._failed) == 10


async def test_a_network_is_slowed_down_whatever_names_it_tries(passwords: Passwords, clock: StoppedClock) -> None:
    for number in range(NETWORK_ATTEMPTS):
        await passwords.check(HASHES, f"name-{number}", "x", "203.0.113.0")
    with pytest.raises(TooManyAttemptsError):
        await passwords.check(HASHES, "anna", "right", "203.0.113.0")
    assert await passwords.check(HASHES, "anna", "right", "198.51.100.0") is True
    clock.now += NETWORK_REFILL_SECONDS + 1
    assert await passwords.check(HASHES, "anna", "right", "203.0.113.0") is True


async def test_right_passwords_do_not_slow_down_a_network(passwords: Passwords) -> None:
    for _ in range(NETWORK_ATTEMPTS + 1):
        assert await passwords.check(HASHES, "anna", "right", "203.0.113.0") is True


async def test_where_the_network_is_not_known_nobody_is_slowed_down_for_others(passwords: Passwords) -> None:
    for number in range(NETWORK_ATTEMPTS):
        await passwords.check(HASHES, f"name-{number}", "x")
    assert await passwords.check(HASHES, "anna", "right") is True


async def test_no_name_and_no_network_is_kept(passwords: Passwords) -> None:
    await passwords.check(HASHES, "a name to find", "x", "203.0.113.0")
    kept = repr([vars(one) for one in (passwords._names, passwords._networks)])
    assert "a name to find" not in kept
    assert "203.0.113" not in kept

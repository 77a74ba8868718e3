"""`appliance hash-password`: asks for a password and makes the Argon2id hash that `[[users]]` wants."""

import getpass
import sys

import argon2

from appliance.errors import SettingsError

MIN_CHARACTERS = 10


def ask() -> str:
    """One line of stdin; on a terminal asked for twice and not shown.

    Raises:
        SettingsError: too short, or the two differ.
    """
    if not sys.stdin.isatty():
        password = sys.stdin.readline().rstrip("\n")
    else:
        password = getpass.getpass("Password: ")
        if getpass.getpass("Once more: ") != password:
            raise SettingsError("the two passwords differ; nothing was made")
    if len(password) < MIN_CHARACTERS:
        raise SettingsError(f"a password needs {MIN_CHARACTERS} characters at least")
    return password


def hashed(password: str) -> str:
    """Argon2id in its usual text form, with the parameters of RFC 9106 for little memory."""
    return argon2.PasswordHasher().hash(password)

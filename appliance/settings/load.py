"""Reads the configuration file: TOML in, checked `Settings` out, or one sentence about what is wrong."""

import re
import tomllib
from pathlib import Path
from typing import Any

import msgspec

from appliance.errors import SettingsError
from appliance.settings.checks import checked
from appliance.settings.sections import Settings


def load(path: Path) -> Settings:
    """Read and check the configuration file.

    Raises:
        SettingsError: with one sentence that names key, value and what is allowed.
    """
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise SettingsError(f"{path}: there is no such configuration file") from None
    except OSError as error:
        raise SettingsError(f"{path}: cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path}: cannot be read (it is not UTF-8 text)") from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path}: not valid TOML: {error}") from None
    return parse(raw, base=path.resolve().parent, name=str(path))


def parse(raw: dict[str, Any], *, base: Path, name: str = "configuration") -> Settings:
    """Check a decoded configuration; relative paths start at `base`.

    Raises:
        SettingsError: see `load`.
    """
    try:
        settings = msgspec.convert(raw, Settings)
    except msgspec.ValidationError as error:
        raise SettingsError(f"{name}: {_with_value(str(error), raw)}") from None
    try:
        return checked(settings, base)
    except SettingsError as error:
        raise SettingsError(f"{name}: {error}") from None


def _with_value(message: str, raw: dict[str, Any]) -> str:
    """Turn msgspec's JSON path into a configuration key and add the value that stands there."""
    text, separator, path = message.partition(" - at `$.")
    if not separator:
        return text.replace("Object contains unknown field", "unknown section")
    path = path.rstrip("`")
    value: Any = raw
    for part in re.findall(r"\w+", path):
        try:
            value = value[int(part)] if part.isdigit() else value[part]
        except (KeyError, IndexError, TypeError):
            value = None
            break
    secret = any(word in path for word in ("sha256", "password"))
    shown = "" if isinstance(value, dict | list | None.__class__) or secret else f" = {value!r}"
    text = text.replace("Object contains unknown field", "unknown key").replace("Object missing", "missing")
    return f"{path}{shown}: {text}"

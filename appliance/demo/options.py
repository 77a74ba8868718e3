"""What the demo runs with: its own ports, secrets and configuration file, all in one directory.

The configuration is written anew at each start, because ports may be taken; password and API key stay.
"""

import json
import secrets as random_source
import socket
from pathlib import Path
from typing import NamedTuple

from appliance.errors import StartError
from appliance.supervisor import secrets
from appliance.supervisor.checks import bind
from appliance.supervisor.passwords import hashed

SITE_ID = "demo.example"
USER = "demo"
_HOST = "127.0.0.1"
_PORTS = {"ingest": 8000, "the stats API": 8001, "the dashboard": 8501, "the demo site": 8080}
_MAX_STEPS = 200
_PAGES = ("/", "/pricing", "/blog", "/blog/*", "/docs", "/contact", "/thanks", "/app", "/app/*")

_CONFIGURATION = """\
# Written anew at each start of `appliance demo`; changes are lost.

[server]
listen = "{ingest}"
stats_listen = "{stats}"
dashboard_listen = "{dashboard}"
data_dir = "."
# The made-up visitors come from this machine and say where they would come from.
trusted_proxies = ["127.0.0.1/32"]

[[sites]]
id = "{site}"
hostnames = ["127.0.0.1", "localhost"]
pages = {pages}

[[sites.goals]]
event = "Message sent"

[[sites.goals]]
name = "Prices seen"
page = "/pricing"

[[sites.goals]]
event = "Recipe opened"

[[sites.goals]]
event = "Order"

[[sites.funnels]]
name = "From prices to order"
steps = [{{page = "/pricing"}}, {{event = "Order started"}}, {{event = "Order"}}]

[[sites.funnels]]
name = "From contact to message"
steps = [{{page = "/contact"}}, {{event = "Message sent"}}]

[[sites.properties]]
key = "recipe"
values = ["espresso", "filter", "cold-brew"]

[[sites.properties]]
key = "plan"
values = ["taster", "household", "office"]

[[users]]
name = "{user}"
role = "owner"
password_hash_file = "secrets/demo-password-hash"

[[api_keys]]
name = "demo"
key_file = "secrets/demo-api-key"
"""


class DemoOptions(NamedTuple):
    """Addresses as `host:port`, and secrets in clear for the one who started the demo."""

    config: Path
    site_address: str
    password: str
    api_key: str
    moved: list[str]
    """Sentences about ports that were taken."""


def write(data_dir: Path) -> DemoOptions:
    """Choose ports, make secrets at the first start, and write the configuration.

    Raises:
        StartError: no free ports, or the directory cannot be written to.
    """
    ports, moved = _choose_ports()
    password = _password(data_dir)
    api_key = secrets.read_or_make(data_dir, "demo-api-key")
    config = data_dir / "appliance.toml"
    text = _CONFIGURATION.format(
        ingest=f"{_HOST}:{ports['ingest']}",
        stats=f"{_HOST}:{ports['the stats API']}",
        dashboard=f"{_HOST}:{ports['the dashboard']}",
        site=SITE_ID,
        pages=json.dumps(_PAGES),
        user=USER,
    )
    try:
        secrets.write(config, text)
    except OSError as error:
        raise StartError(f"{config} cannot be written ({error.strerror})") from None
    return DemoOptions(config, f"{_HOST}:{ports['the demo site']}", password, api_key, moved)


def _choose_ports() -> tuple[dict[str, int], list[str]]:
    chosen: dict[str, int] = {}
    moved = []
    for name, wanted in _PORTS.items():
        port = _next_free(wanted, set(chosen.values()) | (set(_PORTS.values()) - {wanted}))
        if port != wanted:
            moved.append(f"Port {wanted} is taken, so {name} is at port {port}.")
        chosen[name] = port
    return chosen, moved


def _next_free(wanted: int, used: set[int]) -> int:
    for port in range(wanted, wanted + _MAX_STEPS):
        if port not in used and is_free(port):
            return port
    raise StartError(f"no port from {wanted} to {wanted + _MAX_STEPS - 1} is free")


def is_free(port: int) -> bool:
    """Whether a port of the loopback address can be listened on."""
    try:
        listener: socket.socket = bind("demo", f"{_HOST}:{port}")
    except StartError:
        return False
    listener.close()
    return True


def _password(data_dir: Path) -> str:
    directory = data_dir / "secrets"
    clear, hash_file = directory / "demo-password", directory / "demo-password-hash"
    if clear.exists() and hash_file.exists():
        return clear.read_text(encoding="utf-8").strip()
    password = "-".join(random_source.token_hex(2) for _ in range(4))
    try:
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        secrets.write(clear, password + "\n")
        secrets.write(hash_file, hashed(password) + "\n")
    except OSError as error:
        raise StartError(f"{directory} cannot be written to ({error.strerror})") from None
    return password

"""Asks a part over HTTP whether it answers. Small on purpose: the supervisor loads no HTTP library."""

import asyncio

from appliance.settings import host_port

_TIMEOUT_SECONDS = 2.0
_WILDCARDS = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  read, not listened on


def reachable(address: str) -> tuple[str, int]:
    """Host and port under which this machine itself reaches a listen address."""
    host, port = host_port(address)
    return _WILDCARDS.get(host, host), port


def url(address: str) -> str:
    """`http://host:port` of a listen address, for programs on this machine."""
    host, port = reachable(address)
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


async def answers(address: str, path: str) -> bool:
    """Whether `GET path` is answered with 200 within two seconds."""
    try:
        async with asyncio.timeout(_TIMEOUT_SECONDS):
            return b" 200 " in await _status_line(address, path)
    except (OSError, TimeoutError):
        return False


async def _status_line(address: str, path: str) -> bytes:
    host, port = reachable(address)
    reader, writer = await asyncio.open_connection(host, port)
    try:
        named = f"[{host}]" if ":" in host else host
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {named}:{port}\r\nConnection: close\r\n\r\n".encode())
        await writer.drain()
        return await reader.readline()
    finally:
        writer.close()

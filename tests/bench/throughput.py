"""Hits per second of one ingest, beside an application that does nothing, in alternating rounds of the same run.

`wrk` if it is on the PATH. Otherwise a small client of our own, which costs more than what it measures: its numbers
compare with each other only.
"""

import asyncio
import json
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

from tests.kit.hits import Hit, Visitor

CONNECTIONS = 32
_VISITORS = 5_000
_LUA = """
local n = 0
request = function()
  n = (n + 1) % {visitors}
  local address = string.format("87.128.%d.%d", math.floor(n / 250), n % 250 + 1)
  return wrk.format("POST", "/api/event", {{
    ["Content-Type"] = "text/plain", ["User-Agent"] = [[{agent}]], ["X-Forwarded-For"] = address
  }}, [[{body}]])
end
"""


def hits_per_second(url: str, site: str, seconds: int) -> float:
    """Acknowledged hits per second; fails when some are not."""
    program = shutil.which("wrk")
    return _by_wrk(program, url, site, seconds) if program else asyncio.run(_by_own_client(url, site, seconds))


def client_name() -> str:
    """What does the asking."""
    return "wrk" if shutil.which("wrk") else "a Python client"


def _by_wrk(program: str, url: str, site: str, seconds: int) -> float:
    hit = Hit(site, Visitor(""))
    with tempfile.TemporaryDirectory() as directory:
        script = Path(directory) / "hits.lua"
        script.write_text(_LUA.format(visitors=_VISITORS, agent=hit.visitor.agent.text, body=json.dumps(hit.body())))
        command = [program, "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), url]
        said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "Non-2xx" not in said, said
    found = re.search(r"Requests/sec:\s+([\d.]+)", said)
    assert found, said
    return float(found[1])


async def _by_own_client(url: str, site: str, seconds: int) -> float:
    until = time.monotonic() + seconds
    counts = await asyncio.gather(*(_connection(url, site, number, until) for number in range(CONNECTIONS)))
    return sum(counts) / seconds


async def _connection(url: str, site: str, number: int, until: float) -> int:
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    requests = [_request(site, f"87.128.{number}.{n}", parts.netloc) for n in range(1, 151)]
    count = 0
    while time.monotonic() < until:
        writer.write(requests[count % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 202"), head
        await reader.readexactly(len(b"ok"))
        count += 1
    writer.close()
    await writer.wait_closed()
    return count


def _request(site: str, address: str, host: str) -> bytes:
    hit = Hit(site, Visitor(address))
    body = json.dumps(hit.body()).encode()
    headers = {"Host": host, "Content-Length": str(len(body))} | hit.headers()
    lines = ["POST /api/event HTTP/1.1", *(f"{name}: {value}" for name, value in headers.items()), "", ""]
    return "\r\n".join(lines).encode() + body

"""`python -m tests.bench.flood [HITS [REDIS_MB]]`: every hit is another visitor, page, source, name and property.

Prints what each process holds meanwhile, and how long the lists of such a day take; ends with 1 if a process is above
the size that docs/runbook.md states.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.kit import process_tree
from tests.kit.appliance_process import ApplianceProcess, Site
from tests.kit.hits import AGENTS
from tests.kit.stats_client import StatsClient

SITE = "flooded.example"
STATED_MB = {
    "ingest": 150,
    "worker": 300,
    "warehouse": 900,
    "redis-server": 320,
    "redis-aof-rewrite": 320,
    "dashboard": 250,
}
"""Greatest proportional set size of each process under default settings, as docs/runbook.md states it."""
DEFAULT_HITS, DEFAULT_REDIS_MB = 1_000_000, 256
_NOON = 1_930_478_400
_MB = 1e6
_ROUND_SECONDS, _CONNECTIONS = 10, 32
_LIMITS = f"network_hits_per_second = 100000\nnetwork_burst = {DEFAULT_HITS}\nsite_hits_per_second = 100000\n"
_PROPERTY = '[[sites.properties]]\nkey = "plan"\n'
_LUA = """
local n = 0
function init(arguments) n = tonumber(arguments[1]) end
function request()
  n = n + 1
  local address = string.format("%d.%d.%d.9", 60 + math.floor(n / 65536), math.floor(n / 256) % 256, n % 256)
  return wrk.format("POST", "/api/event", {{
    ["Content-Type"] = "text/plain", ["User-Agent"] = [[{agent}]], ["X-Forwarded-For"] = address
  }}, (string.gsub([[{body}]], "NNN", n)))
end
"""


class Round(NamedTuple):
    """What some seconds of the flood came to."""

    sent: int
    refused: int
    """Answered otherwise than with 202."""
    sizes_mb: dict[str, float]


def main(hits: int = DEFAULT_HITS, redis_mb: int = DEFAULT_REDIS_MB) -> int:
    """Flood one appliance; returns the exit code."""
    rounds: list[Round] = []
    share = redis_mb / DEFAULT_REDIS_MB
    stated = {part: size * (share if part.startswith("redis") else 1) for part, size in STATED_MB.items()}
    room = f"[redis]\nmaxmemory_mb = {redis_mb}\n"
    sites = [Site(SITE, extra=_PROPERTY)]
    with (
        tempfile.TemporaryDirectory(prefix="flood-") as directory,
        ApplianceProcess(Path(directory), sites, at=_NOON, limits=_LIMITS, extra=room) as appliance,
    ):
        while (sent := sum(past.sent for past in rounds)) < hits:
            rounds.append(flood(appliance, Path(directory), sent))
            sys.stdout.write(f"{line(rounds)}\n")
            sys.stdout.flush()
        for dimension in ("event:page", "visit:source", "event:props:plan"):
            sys.stdout.write(f"{dimension}: answered in {answered_in(appliance, dimension):.2f} s\n")
    above = [part for past in rounds for part, size in past.sizes_mb.items() if size > stated.get(part, 100)]
    if above:
        sys.stdout.write(f"above what is stated: {sorted(set(above))}\n")
    return bool(above)


def flood(appliance: ApplianceProcess, directory: Path, first: int, seconds: int = _ROUND_SECONDS) -> Round:
    """Send hits with numbers from `first` on for some seconds."""
    body = {
        "n": "event NNN",
        "d": SITE,
        "u": f"https://{SITE}/page/NNN?utm_campaign=cNNN",
        "r": "https://rNNN.example/",
        "p": {"plan": "pNNN"},
    }
    script = directory / "flood.lua"
    script.write_text(_LUA.format(agent=AGENTS[0].text, body=json.dumps(body)))
    program = shutil.which("wrk")
    if program is None:
        sys.exit("the flood needs wrk on the PATH")
    options = ("-t1", f"-c{_CONNECTIONS}", f"-d{seconds}s", "-s", str(script))
    said = subprocess.run(
        [program, *options, appliance.ingest, "--", str(first)], capture_output=True, text=True, check=True
    ).stdout
    sent, refused = re.search(r"(\d+) requests in", said), re.search(r"Non-2xx or 3xx responses: (\d+)", said)
    return Round(int(sent[1]) if sent else 0, int(refused[1]) if refused else 0, sizes(appliance))


def answered_in(appliance: ApplianceProcess, dimension: str) -> float:
    """Seconds until the list of one attribute of the flooded day is there."""
    with StatsClient(appliance.stats, appliance.keys["reader"]) as stats:
        started = time.monotonic()
        stats.table(SITE, "day", [dimension], ["visitors", "events"])
        return time.monotonic() - started


def sizes(appliance: ApplianceProcess) -> dict[str, float]:
    """Proportional set size of each process, in MB."""
    return {process_tree.part_of(line): process_tree.pss_bytes(pid) / _MB for pid, line in appliance.pids().items()}


def line(rounds: list[Round]) -> str:
    """One point of the curve."""
    sent, refused = sum(past.sent for past in rounds), sum(past.refused for past in rounds)
    held = "  ".join(f"{part} {size:.0f}" for part, size in sorted(rounds[-1].sizes_mb.items()))
    return f"{sent:9,} hits, {refused:9,} refused; MB: {held}"


if __name__ == "__main__":
    sys.exit(main(*(int(number) for number in sys.argv[1:3])))

"""What visitors send: 10,000 of them, each in a network of its own, with 240 agents on 600 pages.

The requests are as a browser and the proxy in front send them. All but the event id is written beforehand, so that
the client costs little beside what it measures.
"""

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

VISITORS, AGENTS, PAGES = 10_000, 240, 600
_EVENT_ID_DIGITS = 16
_SEPARATOR = b"\0"
_WORDS = (
    *("about", "access", "archive", "autumn", "bread", "budget", "camera", "changes", "coast", "compare", "contact"),
    *("delivery", "design", "engine", "family", "garden", "guide", "history", "house", "island", "journal", "kitchen"),
    *("lake", "letters", "market", "mountain", "museum", "news", "notes", "opening", "people", "pricing", "questions"),
    *("recipes", "report", "review", "river", "school", "season", "spring", "stories", "summer", "support", "team"),
)
_REFERRERS = (
    *("", "", "", "https://www.google.com/", "https://www.bing.com/", "https://duckduckgo.com/"),
    *("https://news.ycombinator.com/", "https://www.reddit.com/", "https://t.co/", "https://www.linkedin.com/"),
    *("https://chatgpt.com/", "https://m.facebook.com/", "https://blog.example.net/", "https://shop.example.co.uk/"),
)
_SYSTEMS = (
    "Windows NT 10.0; Win64; x64",
    "Macintosh; Intel Mac OS X 10_15_7",
    "X11; Linux x86_64",
    "Linux; Android 10; K",
)
_LUA = """
local starts, count, number = {{}}, 0, 0
local file = assert(io.open("{file}", "rb"))
for start in string.gmatch(file:read("*a"), "[^%z]+") do
  count = count + 1
  starts[count] = start
end
file:close()
local first = os.time() * 1000000
request = function()
  number = number + 1
  return starts[number % count + 1] .. string.format("%016x", first + number) .. '"}}'
end
"""


class Request(NamedTuple):
    """One hit without its event id."""

    headers: tuple[tuple[str, str], ...]
    body: bytes
    """Up to and with the opening quotation mark of the event id."""

    def start(self, host: str) -> bytes:
        """The request up to its event id, 16 digits and two bytes before its end."""
        length = len(self.body) + _EVENT_ID_DIGITS + len('"}')
        headers = (("Host", host), ("Content-Length", str(length)), *self.headers)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers)
        return f"POST /api/event HTTP/1.1\r\n{head}\r\n".encode() + self.body


def end(number: int) -> bytes:
    """What belongs behind the start of a request."""
    return b'%016x"}' % number


def requests(sites: Sequence[str]) -> list[Request]:
    """One of every visitor, the same whenever it is asked."""
    source = random.Random(7)
    agents = [made_agent(number) for number in range(AGENTS)]
    pages = [made_page(source) for _ in range(PAGES)]
    return [_request(number, agents, pages, sites, source) for number in range(VISITORS)]


def write_script(directory: Path, host: str, sites: Sequence[str]) -> Path:
    """A script for wrk that sends them in turn, each time under a fresh event id."""
    data, script = directory / "requests", directory / "requests.lua"
    data.write_bytes(_SEPARATOR.join(request.start(host) for request in requests(sites)))
    script.write_text(_LUA.format(file=data))
    return script


def made_agent(number: int) -> tuple[str, str, str]:
    """User agent, brands and platform of its client hints."""
    system, version = _SYSTEMS[number % len(_SYSTEMS)], 90 + number // len(_SYSTEMS)
    platform = ("Windows", "macOS", "Linux", "Android")[number % len(_SYSTEMS)]
    if number % 5 == 0:
        return f"Mozilla/5.0 ({system}; rv:{version}.0) Gecko/20100101 Firefox/{version}.0", "", ""
    phone = " Mobile" if platform == "Android" else ""
    text = f"Mozilla/5.0 ({system}) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{version}.0.0.0{phone} Safari/537.36"
    return text, f'"Chromium";v="{version}", "Google Chrome";v="{version}", "Not=A?Brand";v="24"', f'"{platform}"'


def made_page(source: random.Random) -> str:
    """A path of words."""
    parts = ["-".join(source.sample(_WORDS, source.randint(1, 4))) for _ in range(source.randint(1, 3))]
    return "/" + "/".join(parts)


def _request(
    number: int,
    agents: Sequence[tuple[str, str, str]],
    pages: Sequence[str],
    sites: Sequence[str],
    source: random.Random,
) -> Request:
    site, page = sites[number % len(sites)], source.choice(pages)
    agent, brands, platform = source.choice(agents)
    campaign = "?utm_source=newsletter&utm_medium=email&utm_campaign=spring" if number % 10 == 0 else ""
    body = {"n": "pageview", "d": site, "u": f"https://{site}{page}{campaign}", "w": source.choice((0, 576, 1440))}
    if referrer := source.choice(_REFERRERS):
        body["r"] = referrer
    hints = (
        ("sec-ch-ua", brands),
        ("sec-ch-ua-mobile", "?1" if "Android" in platform else "?0"),
        ("sec-ch-ua-platform", platform),
    )
    headers = (
        ("User-Agent", agent),
        *(hints if brands else ()),
        ("Content-Type", "text/plain;charset=UTF-8"),
        ("Accept", "*/*"),
        ("Origin", f"https://{site}"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Mode", "cors"),
        ("Sec-Fetch-Dest", "empty"),
        ("Referer", f"https://{site}/"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", source.choice(("en-GB,en;q=0.9", "de-AT,de;q=0.9,en;q=0.8", "fr", "pt-BR,pt;q=0.9"))),
        ("X-Forwarded-For", f"{80 + number // 2500}.{number // 250 % 256}.{number % 250}.{1 + number % 200}"),
        ("X-Forwarded-Proto", "https"),
    )
    return Request(headers, json.dumps(body)[:-1].encode() + b', "eid": "')

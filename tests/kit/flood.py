"""Many hits of different visitors at once, over plain connections."""

import asyncio
import json
from collections import Counter

from tests.kit.hits import Hit, Visitor
from tests.kit.raw_http import post


async def flood(ingest: str, site: str, connections: int, hits_each: int) -> Counter[str]:
    """Send hits of different visitors; returns how many answers there were of each status."""
    answers: Counter[str] = Counter()
    host, port = ingest.removeprefix("http://").split(":")

    async def one(number: int) -> None:
        reader, writer = await asyncio.open_connection(host, int(port))
        for n in range(hits_each):
            hit = Hit(site, Visitor(f"{60 + number}.{n // 250}.{n % 250}.9"), path=f"/{number}/{n}")
            headers = [f"{name}: {value}" for name, value in hit.headers().items()]
            writer.write(post(host, json.dumps(hit.body()).encode(), *headers))
            head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
            status = head.split(" ")[1]
            assert status == "202" or "retry-after: " in head
            answers[status] += 1
            await reader.readexactly(int(head.partition("content-length: ")[2].partition("\r")[0]))
        writer.close()
        await writer.wait_closed()

    await asyncio.gather(*(one(number) for number in range(connections)))
    return answers

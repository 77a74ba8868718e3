"""Demo traffic: about two hits a second to the event endpoint, from visitors who take a way through the site."""

import asyncio
import contextlib
import json
import logging
import random
import secrets
from typing import Any

import httpx

from appliance.demo.options import SITE_ID
from appliance.demo.visitors import Hit, Visitor, make_journey, make_visitor

_ARRIVALS_PER_SECOND = 0.75
_READING_SECONDS = (2.0, 25.0)
_RETURNING = 0.2
_REMEMBERED = 200
_MAX_AT_ONCE = 200
_log = logging.getLogger("appliance.demo")


class Traffic:
    """Sends until it is cancelled; an appliance that is away for a moment does not end it."""

    def __init__(self, event_url: str, site_url: str, chance: random.Random) -> None:
        self._event_url = event_url
        self._site_url = site_url
        self._chance = chance
        self._seen: list[Visitor] = []

    async def run(self) -> None:
        """Let visitors arrive, one after the other, each on a way of their own."""
        async with httpx.AsyncClient(timeout=5.0, trust_env=False) as client, asyncio.TaskGroup() as visits:
            places = asyncio.Semaphore(_MAX_AT_ONCE)
            while True:
                await places.acquire()
                visit = visits.create_task(self._visit(client, self._arrive(), make_journey(self._chance)))
                visit.add_done_callback(lambda _: places.release())
                await asyncio.sleep(self._chance.expovariate(_ARRIVALS_PER_SECOND))

    def _arrive(self) -> Visitor:
        if self._seen and self._chance.random() < _RETURNING:
            return self._chance.choice(self._seen)
        visitor = make_visitor(self._chance)
        self._seen = [*self._seen[-_REMEMBERED:], visitor]
        return visitor

    async def _visit(self, client: httpx.AsyncClient, visitor: Visitor, journey: list[Hit]) -> None:
        for number, hit in enumerate(journey):
            if number and hit.name == "pageview":
                await asyncio.sleep(self._chance.uniform(*_READING_SECONDS))
            with contextlib.suppress(httpx.TransportError):
                await self._send(client, visitor, hit)

    async def _send(self, client: httpx.AsyncClient, visitor: Visitor, hit: Hit) -> None:
        body, headers = request_of(visitor, hit, SITE_ID, self._site_url, secrets.token_hex(8))
        answer = await client.post(self._event_url, content=body, headers=headers)
        if answer.status_code >= 400:
            _log.warning("hit_refused", extra={"status": answer.status_code})


def request_of(visitor: Visitor, hit: Hit, site: str, site_url: str, event_id: str) -> tuple[str, dict[str, str]]:
    """Body and headers with which the tracker behind a proxy would send a hit."""
    body: dict[str, Any] = {
        "n": hit.name,
        "u": site_url + hit.path,
        "r": hit.referrer,
        "d": site,
        "eid": event_id,
        "w": visitor.width,
    }
    if hit.properties:
        body["p"] = dict(hit.properties)
    if hit.amount:
        body["$"] = {"currency": hit.currency, "amount": hit.amount}
    if hit.engaged_ms:
        body |= {"e": hit.engaged_ms, "sd": hit.scroll_depth}
    headers = {
        "Content-Type": "text/plain",
        "User-Agent": visitor.user_agent,
        "Accept-Language": visitor.language,
        "X-Forwarded-For": visitor.address,
    }
    if visitor.refuses:
        headers["Sec-GPC"] = "1"
    return json.dumps(body), headers

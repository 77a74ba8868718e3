"""Hits over several connections, and a ledger of what was answered to each.

A hit that got no answer, or 503, is sent again under its event id until it is taken, as a good client does. So in the
end every hit was taken, and has to be counted once, whatever was killed meanwhile.
"""

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Sequence
from types import TracebackType

import httpx

from tests.kit.appliance_process import MovedClock
from tests.kit.hits import AGENTS, Agent, Hit, Visitor, visitors

PATHS = ("/", "/", "/pricing", "/blog/a", "/docs/install", "/contact")
_BOT = Agent("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", *AGENTS[0][1:])
_PEOPLE = 40
"""Of each site."""
_CONNECTIONS = 4
_PATIENCE_SECONDS = 90.0
"""A hit has to be taken within this time, whatever is killed and started again."""
_PAUSE_SECONDS = 0.02
_RETRY_SECONDS = 0.05
_SENT_TWICE, _FROM_BOTS = 0.1, 0.05


class Traffic:
    """Flows while its block runs; at the end of the block every hit is taken."""

    def __init__(self, ingest: str, sites: Sequence[str], clock: MovedClock, source: random.Random) -> None:
        self.taken: list[Hit] = []
        self.answers: Counter[str] = Counter()
        """Number of answers by what they were."""
        self.bots = 0
        """Times that a hit of a bot was sent, whether or not it was answered."""
        self._ingest = ingest
        self._clock = clock
        self._people = {site: visitors(_PEOPLE, source) for site in sites}
        self._sources = [random.Random(source.getrandbits(64)) for _ in range(_CONNECTIONS)]
        self._problems: list[str] = []
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> "Traffic":
        self._stop.clear()
        self._threads = [threading.Thread(target=self._run, args=(n,)) for n in range(_CONNECTIONS)]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self, _kind: type[BaseException] | None, error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()
        if error is None:
            self.require_no_problem()

    def require_no_problem(self) -> None:
        """Fail if some answer was none that a client may get."""
        with self._lock:
            assert not self._problems, self._problems[:5]

    def _run(self, number: int) -> None:
        pick = self._sources[number]
        # Each visitor belongs to one connection: his hits arrive in their order.
        people = [(site, who) for site, all_of_it in self._people.items() for who in all_of_it[number::_CONNECTIONS]]
        with httpx.Client(base_url=self._ingest, trust_env=False, timeout=10) as client:
            while not self._stop.is_set() and not self._problems:
                site, visitor = pick.choice(people)
                if pick.random() < _FROM_BOTS:
                    self._send_bot(client, site, visitor)
                    continue
                hit = Hit(site, visitor, path=pick.choice(PATHS), event_id=f"{pick.getrandbits(64):x}")
                if self._is_taken_in_time(client, hit) and pick.random() < _SENT_TWICE:
                    self._send(client, hit)
                self._stop.wait(_PAUSE_SECONDS * pick.random())

    def _is_taken_in_time(self, client: httpx.Client, hit: Hit) -> bool:
        hit.sent_at = self._clock.now()
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while (answer := self._send(client, hit)) != "taken":
            if time.monotonic() > deadline:
                self._note_problem(f"a hit was not taken within {_PATIENCE_SECONDS:.0f} s; the last answer: {answer}")
                return False
            time.sleep(_RETRY_SECONDS)  # when nobody listens: do not spin
        hit.answered_at = self._clock.now()
        with self._lock:
            self.taken.append(hit)
        return True

    def _send_bot(self, client: httpx.Client, site: str, visitor: Visitor) -> None:
        with self._lock:
            self.bots += 1
        self._send(client, Hit(site, visitor._replace(agent=_BOT)))

    def _send(self, client: httpx.Client, hit: Hit) -> str:
        try:
            answer = client.post("/api/event", content=json.dumps(hit.body()), headers=hit.headers())
        except httpx.TransportError as error:
            said = type(error).__name__
        else:
            said = self._meaning(answer, hit)
        with self._lock:
            self.answers[said] += 1
        return said

    def _meaning(self, answer: httpx.Response, hit: Hit) -> str:
        reason = answer.headers.get("x-drop-reason")
        if answer.status_code == 202 and reason == ("bot" if hit.visitor.agent is _BOT else None):
            return "taken" if reason is None else "dropped"
        if answer.status_code == 503 and answer.headers.get("retry-after", "").isdigit():
            return "503"
        self._note_problem(f"answered with {answer.status_code} {reason or answer.text[:200]}")
        return "wrong"

    def _note_problem(self, text: str) -> None:
        with self._lock:
            self._problems.append(text)

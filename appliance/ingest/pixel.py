"""`GET /pixel.gif`: counts a page without JavaScript, for `<noscript>`, mails' web versions and feeds.

A query comes in, a transparent image goes out, whatever became of the hit. It takes the same way as a hit of the
script: gate, limits, anonymizing, queue. The page is `u`, else what the browser sends as Referer.
"""

from functools import cache
from typing import Any
from urllib.parse import parse_qsl

import msgspec

from appliance.ingest import answers, plausible
from appliance.ingest.answers import Answer, answer
from appliance.ingest.boundary import strip, take, take_page
from appliance.ingest.event_endpoint import EventEndpoint, Sorted
from appliance.ingest.gate import refuse
from appliance.ingest.parsed_hit import InvalidHitError
from appliance.outcomes import Outcome

_GIF = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\x00\x00\x00\x21\xf9\x04\x01\x00\x00\x00\x00"
    b"\x2c\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02\x44\x01\x00\x3b"
)
"""One transparent point, 43 bytes (GIF89a, www.w3.org/Graphics/GIF/spec-gif89a.txt)."""
_SHARED = ((b"access-control-allow-origin", b"*"), (b"cross-origin-resource-policy", b"cross-origin"))
_MAX_QUERY_BYTES = 8_192
_MAX_FIELDS = 20
_NAMES = {"site": "d", "d": "d", "u": "u", "r": "r", "n": "n"}
"""Fields of the query, and the protocol's names for them."""
_MALFORMED = answers.invalid(
    {"request": [f"should name one host and have a query of at most {_MAX_QUERY_BYTES} bytes"]}
)


class Pixel:
    """Takes hits that are images."""

    def __init__(self, events: EventEndpoint) -> None:
        self._events = events

    async def answer(self, scope: dict[str, Any]) -> Answer:
        """Take one request. An image cannot be sent again: nobody is asked to."""
        hit = self._sort(scope)
        return _image(await self._events.finish(hit) if isinstance(hit, Sorted) else hit)

    def _sort(self, scope: dict[str, Any]) -> Sorted | Answer:
        """What is to be counted; or the answer, if nothing of it can be known. Nothing personal outlives this call."""
        refusal = refuse(scope["headers"])
        query, referer = take_page(scope)
        hosts = sum(name == b"host" for name, _ in scope["headers"])
        if hosts > 1 or len(query) > _MAX_QUERY_BYTES:
            strip(scope)
            return self._events.unread(Outcome.INVALID, _MALFORMED)
        try:
            body = _body(query, referer)
            if refusal is not None:
                strip(scope)
                return self._events.sort_refused(plausible.parse_sites(body), refusal)
            return self._events.sort(plausible.parse(body), take(scope))
        except InvalidHitError as error:
            strip(scope)
            return self._events.unread(Outcome.INVALID, answers.invalid(error.errors))


def _body(query: bytes, referer: bytes) -> bytes:
    """The same hit as Plausible's protocol writes it, so that one parser decides what is valid.

    >>> _body(b"site=a.example&r=https%3A%2F%2Fb.example", b"https://a.example/page")
    b'{"n":"pageview","u":"https://a.example/page","d":"a.example","r":"https://b.example"}'
    """
    hit = {"n": "pageview", "u": referer.decode("utf-8", "replace")}
    try:
        fields = parse_qsl(query.decode("utf-8", "replace"), max_num_fields=_MAX_FIELDS)
    except ValueError:
        raise InvalidHitError({"request": [f"should have at most {_MAX_FIELDS} fields"]}) from None
    hit |= {_NAMES[name]: value for name, value in fields if name in _NAMES}
    return msgspec.json.encode(hit)


def _image(made: Answer) -> Answer:
    """The same answer as an image."""
    reasons = [value for name, value in made.start["headers"] if name == b"x-drop-reason"]
    status = made.start["status"]
    return _gif(200 if status in (202, 429) else status, reasons[0] if reasons else b"")


@cache
def _gif(status: int, reason: bytes) -> Answer:
    said = ((b"x-drop-reason", reason),) if reason else ()
    return answer(status, _GIF, b"image/gif", (*_SHARED, *said))

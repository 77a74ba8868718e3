"""What is remembered of a visitor until the day ends: the open visit and first-seen masks. Sealed in Redis.

Paths of other pages, sources and the like are there only as keyed hashes; no list of pages, no address, no agent.
"""

from collections.abc import Iterable

import msgspec

MAX_TOKENS = 1024
"""Past this an unknown attribute counts as seen before, so that one visitor cannot lift a cell (aggregates §1.10)."""

MAX_EVENT_IDS = 256
ALL_VISITS = (1 << 64) - 1
_LAST_BIT = 63
_TIMED = 128


class Profile(msgspec.Struct, array_like=True, dict=True):
    """One visitor's day at one site. Encoded as a msgpack array: only append fields, with defaults.

    What is not a field is not encoded: `visits` keeps there what it has worked out for the open visit.
    """

    visits: int = 0
    """Visits started today; the open one has number `visits - 1`."""
    is_open: bool = False
    started_ms: int = 0
    last_ms: int = 0
    """Arrival of the last event or engagement signal."""
    start_hour: int = 0
    """Site-local hour in which the open visit started; its facts are dated to it."""
    hours_seen: int = 0
    """Bit per site-local hour with an event."""
    pageviews: int = 0
    """Of the open visit, as the next two."""
    events: int = 0
    interactive: int = 0
    """Custom events that end a bounce."""
    values: list[str] = []
    """Attributes of the open visit in the order of `events.VISIT_FIELDS`."""
    exit_page: str = ""
    tokens: dict[bytes, int] = {}
    """Keyed hash of (dimension, value) to a mask with a bit per visit in which it occurred."""
    event_ids: list[bytes] = []
    engaged: dict[bytes, int] = {}
    """Keyed hash of a page of the open visit to what engagement signals told: greatest scroll depth plus one (0 for
    none), and 128 once visible time was sent."""

    hits: int = 0
    """Of the whole day, whatever became of them."""
    funnels: dict[bytes, int] = {}
    """Keyed hash of a funnel to how many of its steps were reached in their order."""

    @property
    def bit(self) -> int:
        """Mask of the newest visit. All past the 64th share its bit: only a clock that jumps makes so many."""
        return 1 << min(self.visits - 1, _LAST_BIT)

    def mask(self, token: bytes) -> int:
        """Earlier visits with this attribute; all of them once the profile is full."""
        found = self.tokens.get(token)
        if found is not None:
            return found
        return 0 if len(self.tokens) < MAX_TOKENS else ALL_VISITS

    def mark(self, tokens: Iterable[bytes]) -> None:
        """Note that attributes occurred in the newest visit."""
        known, bit = self.tokens, self.bit
        for token in tokens:
            if token in known:
                known[token] |= bit
            elif len(known) < MAX_TOKENS:
                known[token] = bit

    def engage(self, token: bytes, engaged_ms: int, scroll_depth: int) -> tuple[int, int, int]:
        """Note an engagement signal for a page of the open visit.

        Returns:
            1 for the page's first visible time in this visit; by how much its greatest scroll depth rose; 1 for its
            first depth.
        """
        known = self.engaged.get(token, 0)
        timed, reached = known & _TIMED, known & ~_TIMED
        now_reached = max(reached, scroll_depth + 1)
        self.engaged[token] = now_reached | timed | (_TIMED if engaged_ms else 0)
        rise = max(0, now_reached - 1) - max(0, reached - 1)
        return int(bool(engaged_ms and not timed)), rise, int(now_reached > 0 and not reached)

    def seen_event_id(self, event_id: bytes) -> bool:
        """Whether this id was counted already; remembers it if not. An empty id is never seen."""
        if not event_id:
            return False
        if event_id in self.event_ids:
            return True
        self.event_ids.append(event_id)
        if len(self.event_ids) > MAX_EVENT_IDS:
            del self.event_ids[0]
        return False


encode_profile = msgspec.msgpack.Encoder().encode
decode_profile = msgspec.msgpack.Decoder(Profile).decode

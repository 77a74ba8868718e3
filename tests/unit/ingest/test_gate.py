"""What headers alone decide, and in which order."""

import pytest

from appliance.ingest.gate import refuse
from appliance.outcomes import Outcome

Headers = list[tuple[bytes, bytes]]


@pytest.mark.parametrize(
    ("headers", "outcome"),
    [
        ([], None),
        ([(b"accept", b"*/*"), (b"cookie", b"theme=dark")], None),
        ([(b"cookie", b"cl_optout=1")], Outcome.OPTED_OUT),
        ([(b"sec-gpc", b"0"), (b"sec-gpc", b"1")], Outcome.GPC),
        ([(b"dnt", b"1")], Outcome.DNT),
        ([(b"sec-purpose", b"prefetch;prerender")], Outcome.PREFETCH),
        ([(b"sec-purpose", b"prefetch;anonymous-client-ip")], Outcome.PREFETCH),
        ([(b"sec-purpose", b"prerender")], Outcome.PREFETCH),
        ([(b"purpose", b"Prefetch")], Outcome.PREFETCH),
        ([(b"x-purpose", b"preview")], Outcome.PREFETCH),
        ([(b"x-moz", b"prefetch")], Outcome.PREFETCH),
        ([(b"sec-purpose", b"something-new")], None),
        ([(b"dnt", b"1"), (b"sec-gpc", b"1"), (b"cookie", b"cl_optout=1"), (b"x-moz", b"prefetch")], Outcome.OPTED_OUT),
        ([(b"sec-purpose", b"prefetch"), (b"dnt", b"1")], Outcome.DNT),
    ],
)
def test_headers_decide_with_the_visitors_own_wish_first(headers: Headers, outcome: Outcome | None) -> None:
    assert refuse(headers) is outcome

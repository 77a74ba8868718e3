"""What was handed out is what must be counted."""

import itertools
import json
import re
from collections import Counter

from tests.bench.visit_traffic import VisitTraffic

SITES = ("one.example", "two.example")


def address_of(request: bytes) -> bytes:
    found = re.search(rb"X-Forwarded-For: (\S+)\r\n", request)
    assert found
    return found[1]


def test_visitors_have_three_pageviews_each_once_the_stream_is_under_way() -> None:
    traffic = VisitTraffic(SITES)
    requests = list(itertools.islice(traffic.stream(lag=10), 600))
    by_address = Counter(map(address_of, requests))
    assert len(by_address) == traffic.started
    assert sum(by_address.values()) == traffic.sent == 600
    assert Counter(by_address.values())[3] >= traffic.started - 20


def test_requests_are_complete_and_belong_to_one_site_each() -> None:
    traffic = VisitTraffic(SITES)
    for request in itertools.islice(traffic.stream(lag=1), 30):
        head, _, body = request.partition(b"\r\n\r\n")
        assert f"Content-Length: {len(body)}".encode() in head
        said = json.loads(body)
        assert said["u"].startswith(f"https://{said['d']}/")


def test_hits_of_a_burst_follow_each_other() -> None:
    traffic = VisitTraffic(SITES)
    addresses = [address_of(request) for request in traffic.bursts(4)]
    assert [len(list(group)) for _, group in itertools.groupby(addresses)] == [3, 3, 3, 3]
    assert (traffic.started, traffic.sent) == (4, 12)

"""Which script is served under which name, and to whom none that counts."""

import re

import pytest

from appliance.ingest.script import Scripts
from scripts import tracker

SCRIPTS = Scripts()
REFUSED = (tracker.TRACKER / "refused.js").read_bytes()


def served(name: str, *, opted_out: bool = False) -> bytes | None:
    found = SCRIPTS.find(f"/js/{name}", opted_out=opted_out)
    return None if found is None else found.body["body"]


def built(name: str) -> bytes:
    return (tracker.TRACKER / name).read_bytes()


@pytest.mark.parametrize(
    "name", ["script.js", "plausible.js", "analytics.js", "p.js", "script.local.js", "plausible.compat.pageleave.js"]
)
def test_default_names_give_the_small_build(name: str) -> None:
    assert served(name) == built("script.js")


@pytest.mark.parametrize(
    "name",
    [
        "script.full.js",
        "script.hash.js",
        "plausible.outbound-links.file-downloads.js",
        "analytics.local.tagged-events.compat.js",
        *("script.exclusions.js", "script.manual.js", "script.pageview-props.js", "script.form-submissions.js"),
        *("pa-AbC_123.js", "pa-www.example.org.js"),
    ],
)
def test_names_with_a_feature_give_the_full_build(name: str) -> None:
    assert served(name) == built("script.full.js")


@pytest.mark.parametrize(
    "name",
    [
        *("", "script", "script.unknown.js", "script..js", "script.hash", "other.js", "script.js/", "../script.js"),
        *("pa-.js", "pa-a/b.js", "pa-" + "a" * 300 + ".js", "script" + ".hash" * 100 + ".js", "Script.js", "source.js"),
    ],
)
def test_other_names_are_not_served(name: str) -> None:
    assert served(name) is None


@pytest.mark.parametrize("name", ["script.js", "script.full.js", "pa-x.js"])
def test_device_that_refused_gets_a_script_that_cannot_send(name: str) -> None:
    assert served(name, opted_out=True) == REFUSED
    assert not re.search(rb"fetch|XMLHttp|sendBeacon|Image|addEventListener", REFUSED)


@pytest.mark.parametrize(("opted_out", "cache"), [(False, b"public, max-age=86400"), (True, b"no-store")])
def test_no_cache_keeps_the_counting_script_for_a_device_that_refuses_later(opted_out: bool, cache: bytes) -> None:
    found = SCRIPTS.find("/js/script.js", opted_out=opted_out)
    assert found is not None
    headers = found.start["headers"]
    assert [value for name, value in headers if name == b"cache-control"] == [cache]
    assert (b"vary", b"Cookie") in headers
    assert (b"access-control-allow-origin", b"*") in headers  # a tag with `integrity` needs it
    assert (b"cross-origin-resource-policy", b"cross-origin") in headers
    assert not {b"set-cookie", b"etag", b"last-modified"} & {name for name, _ in headers}

"""Serves the tracker script from memory. No validator and no cookie: a cached copy can identify nobody."""

from importlib.resources import files

from appliance.ingest.answers import Answer, answer

_CACHE = (b"cache-control", b"public, max-age=86400")
_SHARED = (
    (b"access-control-allow-origin", b"*"),
    (b"cross-origin-resource-policy", b"cross-origin"),
)


def script_answer() -> Answer:
    """Answer to `GET /js/script.js`."""
    source = (files("appliance.ingest") / "tracker/script.js").read_bytes()
    made = answer(200, source, b"text/javascript; charset=utf-8", _SHARED)
    headers = [header for header in made.start["headers"] if header[0] != b"cache-control"]
    return made._replace(start=made.start | {"headers": [*headers, _CACHE]})

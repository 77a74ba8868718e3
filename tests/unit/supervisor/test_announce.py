"""The ready line has every address."""

from pathlib import Path

from appliance.settings import parse
from appliance.supervisor import announce


def test_ready_line_has_all_addresses_and_the_tag(tmp_path: Path) -> None:
    raw = {"server": {"listen": "[::]:8000"}, "sites": [{"id": "example.org"}]}
    assert announce.ready(parse(raw, base=tmp_path)) == {
        "event": "ready",
        "ingest": "http://[::1]:8000",
        "stats": "http://127.0.0.1:8001",
        "dashboard": "http://127.0.0.1:8501",
        "script": '<script defer data-domain="example.org" src="http://[::1]:8000/js/script.js"></script>',
        "sites": ["example.org"],
    }


def test_without_sites_there_is_no_tag(tmp_path: Path) -> None:
    assert announce.ready(parse({}, base=tmp_path))["script"] == ""

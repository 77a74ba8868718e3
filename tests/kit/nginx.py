"""Debian's nginx on a port of its own, writing logs in documented formats; its client says which address it has."""

import re
import shutil
import subprocess
import time
from pathlib import Path
from typing import NamedTuple

import httpx

from tests.kit.ports import free_ports

_FORMAT = re.compile(r"(log_format \w+ .*?;\n)?access_log \S+ (\w+);", re.DOTALL)
_FLAGS = """
map $cookie_visitor $a_visitor_new { "" true; default false; }
map $cookie_visit $a_session_entry { "" true; default false; }
"""


class LogFormat(NamedTuple):
    """A format, its name first, with what defines it in nginx' configuration."""

    name: str
    definition: str = ""


def documented_formats() -> list[LogFormat]:
    """What docs/log-import.md tells people to copy."""
    text = (Path(__file__).parents[2] / "docs/log-import.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```nginx\n(.*?)```", text, re.DOTALL)
    found = [_FORMAT.fullmatch(block.strip()) for block in blocks]
    return [LogFormat(one[2], one[1] or "") for one in found if one]


def with_cookies(known: LogFormat) -> LogFormat:
    """A JSON format with the five variables of a server that gives cookies."""
    told = "".join(f'"{name}":"${name}",' for name in ("a_visitor_new", "a_session_entry", "a_query_args"))
    told += '"a_visitor_id":"$cookie_visitor","a_session_id":"$cookie_visit",'
    definition = known.definition.replace("'{'", f"'{{{told}'", 1)
    return LogFormat(known.name, f"{_FLAGS}map $args $a_query_args {{ default $args; }}\n{definition}")


_READY_SECONDS = 10.0


class Nginx:
    """A context manager that starts it and stops it."""

    def __init__(self, directory: Path, log_format: LogFormat) -> None:
        directory.mkdir()
        (self.port,) = free_ports(1)
        self._directory = directory
        self._log = directory / "access.log"
        configuration = f"""
daemon off; master_process off; pid {directory}/pid; error_log {directory}/error.log;
events {{ worker_connections 64; }}
http {{
  {log_format.definition}
  access_log {self._log} {log_format.name};
  client_body_temp_path {directory}/body; proxy_temp_path {directory}/proxy; fastcgi_temp_path {directory}/fastcgi;
  uwsgi_temp_path {directory}/uwsgi; scgi_temp_path {directory}/scgi;
  server {{
    listen 127.0.0.1:{self.port}; server_name _;
    set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;
    location = /i {{ empty_gif; }}
    location = /com.snowplowanalytics.snowplow/tp2 {{ proxy_pass http://127.0.0.1:{self.port}/taken; }}
    location = /taken {{ access_log off; return 200 ""; }}
    location / {{ return 200 "page"; }}
  }}
}}
"""
        (directory / "nginx.conf").write_text(configuration)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "Nginx":
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin:/usr/local/bin")
        assert program, "nginx is needed: `make setup` as root installs it"
        started = [program, "-p", str(self._directory), "-e", f"{self._directory}/error.log", "-c", "nginx.conf"]
        self._process = subprocess.Popen(started, cwd=self._directory)
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            assert self._process.poll() is None, (self._directory / "error.log").read_text()
            try:
                self.get("/ready.txt", "ready", "127.0.0.1", "test")
            except httpx.TransportError:
                assert time.monotonic() < deadline, "nginx does not answer"
                time.sleep(0.02)  # nothing tells of it
            else:
                return self

    def __exit__(self, *_exception: object) -> None:
        self.stop()

    def get(self, path: str, host: str, address: str, agent: str, referrer: str = "", cookie: str = "") -> None:
        """One request, as if it came from an address."""
        headers = {"host": host, "x-forwarded-for": address, "user-agent": agent}
        headers |= {name: value for name, value in (("referer", referrer), ("cookie", cookie)) if value}
        httpx.get(f"http://127.0.0.1:{self.port}{path}", headers=headers, trust_env=False).raise_for_status()

    def post(self, path: str, host: str, address: str, agent: str, body: object) -> None:
        """A request with a JSON body."""
        headers = {"host": host, "x-forwarded-for": address, "user-agent": agent}
        answer = httpx.post(f"http://127.0.0.1:{self.port}{path}", headers=headers, json=body, trust_env=False)
        answer.raise_for_status()

    def stop(self) -> Path:
        """Stop it; returns its log."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None
        return self._log
